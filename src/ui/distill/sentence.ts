/** What the view says of a distillation: which round it is, what an update does, how fast it goes. */
import { gapClosed } from '../../worker/distill/gap.ts';
import type { DistillLoss, DistillState, FloorReport, RoundState } from '../../worker/distill/result.ts';
import { inWords, plural } from '../messages/english.ts';
import { currentRound, type DistillViewState } from '../stores/distill.ts';
import { number } from '../watch/numbers.ts';

/** Steps of a model; between two whole numbers where a round divides by three. */
export const steps = (count: number): string => {
  const whole = Math.abs(count - Math.round(count)) < 1e-6;
  return number(whole ? Math.round(count) : count, whole ? 0 : 1);
};

/** "in 16 steps", "in one step". */
const inSteps = (count: number): string =>
  Math.abs(count - 1) < 1e-6 ? 'in one step' : `in ${steps(count)} steps`;

/** Steps of the teacher of a round. */
export const teacherSteps = ({ dt }: Pick<RoundState, 'dt'>): number => 1 / dt;

/** How the losses are called, and what their numbers are. */
export const LOSSES: Record<DistillLoss, { label: string; says: string; unit: string; floor: boolean }> = {
  'kl-bwd': {
    label: 'KL(student, target): kl-bwd',
    says: 'How surprised the target would be by what the student says; the default, as released.',
    unit: 'nat',
    floor: true,
  },
  'kl-fwd': {
    label: 'KL(target, student): kl-fwd',
    says: 'The target weighs, so the student has to cover every token that is likely there.',
    unit: 'nat',
    floor: false,
  },
  mse: {
    label: 'Squared error of log-probabilities: mse',
    says: 'As released: over all tokens alike, however unlikely, and the column of the mask.',
    unit: 'squared nat',
    floor: false,
  },
  tvd: {
    label: 'Total variation: tvd',
    says: 'As released: absolute differences of log-probabilities, the column of the mask included.',
    unit: 'nat',
    floor: false,
  },
};

/** What a loss is called within a line: only some are divergences. */
export const lossWord = (loss: DistillLoss): string => (loss.startsWith('kl') ? 'divergence' : 'loss');

/** A loss or a divergence: digits that say something also where it is small. */
export const lossText = (value: number): string =>
  Math.abs(value) >= 100
    ? number(value)
    : Math.abs(value) >= 0.0995
      ? value.toFixed(2)
      : value.toPrecision(2);

/** "1.78 (1.68 to 1.88)": the floor of a round, and between which bounds it lies. */
export const floorText = ({ floor, estimate, upper }: FloorReport): string =>
  `${lossText(estimate)} (${lossText(floor)} to ${lossText(upper)})`;

/** "71 %": how much of what can be learned in a round was learned. @returns undefined where that is not known */
export function gapText(floor: FloorReport | undefined, loss: number | undefined): string | undefined {
  const share = floor && loss !== undefined ? gapClosed(floor, loss) : undefined;
  return share === undefined ? undefined : `${number(Math.round(100 * share))} %`;
}

/** Which round it is, in a sentence. */
export function headline(view: DistillViewState, loading: string): string {
  const { state, status, writing } = view;
  if (status === 'opening')
    return writing
      ? `The teacher writes texts: ${number(writing.done)} of ${number(writing.total)}.`
      : loading;
  if (!state) return 'Make a student of your own: fewer steps, one round at a time.';
  const round = currentRound(state);
  if (state.finished) {
    const from = teacherSteps(state.rounds[0]);
    return `Done: the student was made to write ${inSteps(round.nativeSteps)} what the teacher writes in ${steps(from)}.`;
  }
  return `Round ${round.round}: learning to do ${inSteps(round.nativeSteps)} what the teacher does in ${steps(teacherSteps(round))}.`;
}

/** Which update the phases are of, and whether others were done since. */
export function followedTitle({ state, followed }: Pick<DistillViewState, 'state' | 'followed'>): string {
  if (!state || !followed) return 'Phases of an update';
  const all = state.options.updatesPerRound * state.rounds.length;
  const earlier = followed.update < state.updates ? ', an earlier one' : '';
  return `Phases of update ${number(followed.update)} of ${number(all)}${earlier}`;
}

/** What an update does, in three sentences. */
export function explanation(m: number, round: number): string {
  const who = round > 1 ? `The teacher, once the student of round ${round - 1},` : 'The teacher';
  return `${who} takes ${inWords(m)} small steps. Each masked slot keeps what was thought of it when it was unmasked. The student learns to say it all in one step.`;
}

/** "12 of 12 updates of this round, 36 in all." */
export function doneText(state: DistillState): string {
  const { options, updates } = state;
  const { updates: inRound } = currentRound(state);
  return `${number(inRound)} of ${plural(options.updatesPerRound, 'update', 'updates')} of this round, ${number(updates)} in all.`;
}

/** Updates whose times are averaged. */
const RECENT = 20;

export interface Pace {
  updatesPerSecond: number;
  tokensPerSecond: number;
  /** Seconds that are left in this round. */
  left: number;
}

/**
 * How fast it goes, by the time that the last updates took; undefined before the first.
 * @param waited updates that were held between their phases: their times are the visitor's, and do not count
 */
export function paceOf(state: DistillState, waited: readonly number[] = []): Pace | undefined {
  const recent = state.history.filter(({ update }) => !waited.includes(update)).slice(-RECENT);
  const spent = recent.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  if (recent.length === 0 || spent <= 0) return undefined;
  const updatesPerSecond = (1000 * recent.length) / spent;
  const open = state.finished ? 0 : state.options.updatesPerRound - currentRound(state).updates;
  return {
    updatesPerSecond,
    tokensPerSecond: updatesPerSecond * state.tokensPerUpdate,
    left: Math.max(0, open) / updatesPerSecond,
  };
}

/** "0:41", "2:05:00". */
export function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours, minutes, rest] = parts;
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** How long ago something was. @param seconds at least 0 */
export function ago(seconds: number): string {
  if (seconds < 5) return 'just now';
  if (seconds < 90) return `${Math.round(seconds)} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 129_600
    ? `${Math.round(seconds / 3600)} h ago`
    : `${plural(Math.round(seconds / 86_400), 'day', 'days')} ago`;
}

/** When it was saved, or why it is not. */
export function savedText({ savedAt, unsaved }: DistillState, now: number): string {
  if (unsaved !== undefined) return `not saved: ${unsaved.replace(/\.$/, '')}`;
  return savedAt === undefined ? 'not saved yet' : `saved ${ago(Math.max(0, (now - savedAt) / 1000))}`;
}
