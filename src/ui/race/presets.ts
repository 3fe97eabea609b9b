/** Races to choose from: each asks a question, and is there only where its models are. */
import { MAX_LANES } from '../../worker/race/result.ts';
import type { ModelInfo, Vocabulary } from '../../worker/protocol.ts';
import { lanes as said } from '../messages/lanes.ts';
import { beginnings } from '../stores/engine.ts';
import type { LaneSettings } from './named-lane.ts';

export type PresetId = 'pair' | 'three' | 'long' | 'budgets' | 'students';

/** A race that is ready to be run. */
export interface Preset {
  id: PresetId;
  label: string;
  /** What it asks, in a sentence. */
  says: string;
  slots: number;
  lanes: LaneSettings[];
}

/** The step budgets of the dial. */
export const BUDGETS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128];

/** Slots of the races that need no long text. */
const USUAL_SLOTS = 32;
/** Steps of student and teacher where each is to write as well as it can, and of those that are compared round by round. */
const FEW_STEPS = 4;
const MANY_STEPS = 32;
/** Tokens that a pass of the long race writes, about. */
const LONG_PER_PASS = 32;

const lane = (model: ModelInfo, steps: number): LaneSettings => ({
  ...{ model: model.id, sampler: 'ancestral', steps },
});

/** The models that presets speak of. Of several students it is the one of fewest steps: the last that was distilled. */
function roles(models: readonly ModelInfo[]) {
  const of = (kind: ModelInfo['kind']): ModelInfo[] =>
    models
      .filter((model) => model.kind === kind)
      // Bundled ones belong together.
      .toSorted((a, b) => Number(b.origin === 'bundled') - Number(a.origin === 'bundled'));
  const students = of('student');
  const rounds = students
    .filter(({ nativeSteps }) => nativeSteps !== undefined)
    .toSorted((a, b) => b.nativeSteps! - a.nativeSteps!);
  return {
    ...{ teacher: of('teacher').at(0), causal: of('causal').at(0), rounds },
    student: rounds.filter(({ origin }) => origin === students.at(0)?.origin).at(-1) ?? students.at(0),
  };
}

/**
 * The races that can be run with some models.
 * @param vocabularies of models that were used: they tell whether a text needs a token to begin with
 * @param dial id of the model whose step budgets are compared; another stands in where it is none that can be
 */
export function presetsOf(
  models: readonly ModelInfo[],
  vocabularies: Readonly<Record<string, Vocabulary>>,
  dial: string | undefined,
): Preset[] {
  const { teacher, student, causal, rounds } = roles(models);
  const longest = (...all: ModelInfo[]): number =>
    Math.min(...all.map(({ id, length }) => length - beginnings(vocabularies[id])));
  const usual = (...all: ModelInfo[]): number => Math.min(USUAL_SLOTS, longest(...all));
  const says = said.presets;
  const presets: Preset[] = [];
  if (teacher && student) {
    presets.push({
      id: 'pair',
      label: says.pair.label(MANY_STEPS, FEW_STEPS),
      says: says.pair.says(MANY_STEPS, FEW_STEPS),
      slots: usual(teacher, student),
      lanes: [lane(student, FEW_STEPS), lane(teacher, MANY_STEPS)],
    });
  }
  if (teacher && student && causal) {
    const slots = usual(teacher, student, causal);
    const long = longest(teacher, student, causal);
    const steps = Math.max(1, Math.round(long / LONG_PER_PASS));
    presets.push({
      id: 'three',
      label: says.three.label(slots),
      says: says.three.says,
      slots,
      lanes: [lane(student, FEW_STEPS), lane(teacher, MANY_STEPS), lane(causal, MANY_STEPS)],
    });
    if (long > slots) {
      const most = Math.min(teacher.length, student.length, causal.length);
      presets.push({
        id: 'long',
        label: says.three.label(most),
        says:
          most > long
            ? says.long.saysBegun(steps, LONG_PER_PASS, long, most)
            : says.long.says(steps, LONG_PER_PASS, long),
        slots: long,
        lanes: [lane(student, steps), lane(teacher, steps), lane(causal, steps)],
      });
    }
  }
  const dialled = models.find(({ id, kind }) => id === dial && kind !== 'causal') ?? student ?? teacher;
  if (dialled) {
    presets.push({
      id: 'budgets',
      label: says.budgets.label(BUDGETS.length),
      says: says.budgets.says,
      slots: usual(dialled),
      lanes: BUDGETS.map((steps) => lane(dialled, steps)),
    });
  }
  if (rounds.length > 1) {
    // The teacher is where they come from; the last rounds are kept where there are too many.
    const first = teacher ? [teacher] : [];
    const all = [...first, ...rounds.slice(first.length - MAX_LANES)];
    presets.push({
      id: 'students',
      label: says.students.label(FEW_STEPS),
      says: says.students.says(FEW_STEPS),
      slots: usual(...all),
      lanes: all.map((model) => lane(model, FEW_STEPS)),
    });
  }
  return presets;
}
