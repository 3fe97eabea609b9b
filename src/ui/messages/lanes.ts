import { capital, inWords, plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

/** What models and lanes are called, and the races that are ready to be run. */
export const lanes = localised({
  /** Names of models where they stand alone. */
  titles: { teacher: 'Teacher', student: 'Student', causal: 'Autoregressive' },
  /** The title of a model that is known by its id alone. */
  title: (model: string) => capital(model),
  /** What sets a lane apart, beneath its title. */
  details: {
    causal: 'with KV cache, left to right',
    firstHitting: 'first-hitting, one slot a pass',
    steps: (steps: number, sampler: string) => `${plural(steps, 'step', 'steps')}, ${sampler}`,
  },
  /** Samplers within a line. */
  samplers: { ancestral: 'ancestral', 'first-hitting': 'first-hitting', confidence: 'confidence' },
  /** Lanes within a sentence. */
  names: {
    teacher: 'the teacher',
    student: 'the student',
    causal: 'the autoregressive model',
    titled: (title: string) => `the ${title.toLowerCase()}`,
    /** Where several lanes have one model: its name as above, and how it writes. */
    atSteps: (name: string, steps: number) => `${name} at ${plural(steps, 'step', 'steps')}`,
    firstHitting: (name: string) => `${name} first-hitting`,
    /** A lane that no other name tells apart. */
    lane: (number: number) => `lane ${number}`,
    /** The teacher, behind the student in one sentence. */
    itsTeacher: 'its teacher',
    /** One of these names as it stands behind "Fetching the". */
    bare: (name: string) => name.replace(/^the /, ''),
  },
  /** A name of a lane that no other has, where two have one title. */
  apart: (title: string, detail: string) => `${title}, ${detail}`,
  /** Races to choose from: what stands in the picker, and what each asks. */
  presets: {
    pair: {
      label: (teacher: number, student: number) => `Teacher ${teacher}, student ${student}`,
      says: (teacher: number, student: number) =>
        `Can the student do in ${student} steps what its teacher does in ${teacher}?`,
    },
    three: {
      label: (tokens: number) => `The three at ${tokens} tokens`,
      says: 'What did distillation buy, beside a model that writes from left to right?',
    },
    long: {
      says: (steps: number, perPass: number, slots: number) =>
        `${steps} steps, so about ${perPass} tokens in a pass, where the autoregressive model writes one. ${slots} slots are as many as these models have.`,
      /** @param tokens slots, and the token that begins a text */
      saysBegun: (steps: number, perPass: number, slots: number, tokens: number) =>
        `${steps} steps, so about ${perPass} tokens in a pass, where the autoregressive model writes one. ${slots} slots are as many as these models have: with the token that begins a text that is all ${tokens} they take.`,
    },
    budgets: {
      label: (budgets: number) => `One model, ${inWords(budgets)} budgets`,
      says: 'What does each doubling of the steps buy? Turn the dial.',
    },
    students: {
      label: (steps: number) => `Students by round, at ${steps} steps`,
      says: (steps: number) =>
        `How did each round of distillation change what ${inWords(steps)} steps write? Most native steps first.`,
    },
  },
  promptTooLong: (tokens: number, slots: number) =>
    `The prompt takes ${tokens} of ${slots} slots: shorten it or choose a longer text.`,
});
