/** What the visitor asks of a distillation, as it is typed, and what the engine is asked for. */
import type { DistillLoss, DistillOptions, DistillState } from '../../worker/distill/result.ts';
import { ownTexts, type GivenTexts } from '../components/texts.ts';
import { distillSetup } from '../messages/distill-setup.ts';
import { shared } from '../messages/shared.ts';

/** Where the texts come from: those that come with the page, the visitor's, or the teacher. */
export type DataSource = 'bundled' | 'own' | 'written';

/** Numbers that are typed stay as they are typed, so that a wrong one can be mended. */
export interface DistillForm extends GivenTexts {
  teacher: string;
  loss: DistillLoss;
  rounds: string;
  updates: string;
  batch: string;
  /** Slots of a text. The token that begins it is given besides, and has no slot. */
  slots: string;
  /** Steps of the first round's teacher: 1 / dt. */
  firstSteps: number;
  m: number;
  learningRate: string;
  seed: string;
  source: DataSource;
  /** Texts for the teacher to write. */
  write: string;
}

export const firstForm: DistillForm = {
  ...{ teacher: 'teacher', loss: 'kl-bwd', rounds: '2', updates: '300', batch: '32', slots: '32' },
  ...{ firstSteps: 16, m: 2, learningRate: '0.00003', seed: '0' },
  ...{ source: 'bundled', pasted: '', file: undefined, write: '256' },
};

/** The same where a CPU plays GPU: it takes half a minute for an update of so many texts. */
export const cpuForm: DistillForm = { ...firstForm, batch: '4' };

/** The form that asks for what an open distillation was asked for; its texts are not known any more. */
export function formOf({ options, data, rounds }: DistillState, given: 0 | 1): Partial<DistillForm> {
  const { teacher, loss, updatesPerRound, batch, length, dt, m, learningRate, seed } = options;
  const sources = { bundled: 'bundled', given: 'own', teacher: 'written' } as const;
  return {
    ...{ teacher, loss, m, firstSteps: Math.round(1 / dt), source: sources[data.source] },
    ...{ rounds: String(rounds.length), updates: String(updatesPerRound), batch: String(batch) },
    ...{ slots: String(length - given), learningRate: String(learningRate), seed: String(seed) },
  };
}

export type Field =
  'teacher' | 'rounds' | 'updates' | 'batch' | 'slots' | 'learningRate' | 'seed' | 'data' | 'write';

/** One sentence for a field that cannot be taken as it is. */
export type FormErrors = Partial<Record<Field, string>>;

/** Rounds until a student would have less than one step. */
export const mostRounds = (firstSteps: number, m: number): number =>
  Math.max(1, Math.floor(Math.log(firstSteps) / Math.log(m) + 1e-9));

/** Steps of the students, round after round. */
export const ladderOf = (firstSteps: number, m: number, rounds: number): number[] =>
  Array.from({ length: Math.min(rounds, mostRounds(firstSteps, m)) }, (_, i) => firstSteps / m ** (i + 1));

const WHOLE = /^\d+$/;

/**
 * What the engine is to be asked for.
 * @param longest tokens of the teacher's texts
 * @param given tokens that it is given to begin with
 */
export function optionsOf(
  form: DistillForm,
  { longest, given }: { longest: number; given: 0 | 1 },
): { options: DistillOptions } | { errors: FormErrors } {
  const says = distillSetup.errors;
  const errors: FormErrors = {};
  const whole = (
    field: Exclude<Field, 'teacher' | 'learningRate' | 'data'>,
    least: number,
    most: number,
  ): number => {
    const text = form[field].trim();
    const value = Number(text);
    if (!WHOLE.test(text) || value < least || value > most) {
      errors[field] = shared.whole(least, most);
    }
    return value;
  };
  const most = mostRounds(form.firstSteps, form.m);
  const rounds = whole('rounds', 1, 16);
  if (!errors.rounds && rounds > most) {
    errors.rounds = says.rounds(form.firstSteps, form.m, most);
  }
  const updates = whole('updates', 1, 100_000);
  const batch = whole('batch', 1, 256);
  const length = whole('slots', 2, longest - given) + given;
  const seed = whole('seed', 0, 2 ** 32 - 1);
  const learningRate = Number(form.learningRate);
  if (form.learningRate.trim() === '' || !(learningRate > 0 && learningRate <= 1)) {
    errors.learningRate = says.learningRate;
  }
  const data = form.source === 'own' ? ownTexts(form) : undefined;
  if (data?.length === 0) errors.data = shared.texts.none;
  const generate = form.source === 'written' ? whole('write', 8, 4096) : undefined;
  if (Object.keys(errors).length > 0) return { errors };
  return {
    options: {
      ...{ teacher: form.teacher, loss: form.loss, rounds, updatesPerRound: updates, batch, length },
      ...{ dt: 1 / form.firstSteps, m: form.m, learningRate, seed },
      ...(data ? { data } : {}),
      ...(generate === undefined ? {} : { generate }),
    },
  };
}
