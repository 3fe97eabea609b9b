import { bytesText } from '../../words/bytes.ts';
import { number } from '../../words/numbers.ts';
import { inWords } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

/** What a distillation is asked for. */
export const distillSetup = localised({
  label: 'What is distilled',
  settings: 'Settings of the distillation',
  /** What it was asked for, folded away while it is open. */
  again: 'What it was asked for, and how to begin another',
  teacher: 'Teacher',
  firstSteps: 'Steps of the teacher, first round',
  /** Steps of a teacher, with the time that each takes of the whole: dt. */
  firstStepsOf: (steps: number) => `${number(steps)}: dt = 1/${steps}`,
  rounds: 'Rounds',
  roundsHint: 'After each the student is the teacher.',
  updates: 'Updates in a round',
  /** Names what is folded away. */
  more: 'Loss, batch, length, sub-steps, learning rate, seed',
  loss: 'Loss',
  subSteps: 'Steps of the teacher in one of the student (m)',
  batch: 'Texts of an update (batch)',
  length: 'Length, in slots',
  lengthHint: (longest: number) => `Up to ${number(longest)} for this teacher.`,
  learningRate: 'Learning rate',
  seed: 'Seed',
  data: {
    label: 'Texts to mask',
    bundled: 'Bundled',
    own: 'Your own',
    written: 'By the teacher',
    bundledSays: 'Stories that the bundled teacher wrote, which come with the page.',
    writtenSays: 'The teacher writes them first, which takes a while; then they are used as any other texts.',
    write: 'Texts to write',
  },
  /** What it comes to: sentences one behind the other. */
  estimate: {
    /** @param steps of the first teacher and of the students, as they are written */
    ladder: (steps: readonly string[]) => `Steps: ${steps.join(' → ')}.`,
    work: (updates: number, texts: number, slots: number, subSteps: number) =>
      `${number(updates)} updates look at ${number(texts)} masked texts, ${number(slots)} slots; each takes ${number(subSteps)} passes of the teacher and one of the student, forward and backward.`,
    memory: (bytes: number) => `About ${bytesText(bytes)} of GPU memory, and what a batch takes.`,
    time: 'How long it takes shows after the first updates.',
  },
  start: 'Start',
  cancel: 'Cancel',
  prepare: 'Prepare, and go step by step',
  staysSaved: 'The one that is open stays saved.',
  /** Why it cannot be started now. */
  not: {
    running: 'A distillation is running: pause it to begin another.',
    unsaved: 'The open distillation is not saved: discard it to begin another.',
    noGpu: 'Training needs WebGPU, and this browser computes without it: the other views work.',
    starting: 'The engine is starting.',
    /** A field that cannot be taken, each as it is called here. */
    wrong: {
      teacher: 'Teacher cannot be taken as it is.',
      rounds: 'Rounds cannot be taken as it is.',
      updates: 'Updates in a round cannot be taken as it is.',
      batch: 'Batch cannot be taken as it is.',
      slots: 'Length cannot be taken as it is.',
      learningRate: 'Learning rate cannot be taken as it is.',
      seed: 'Seed cannot be taken as it is.',
      data: 'Texts to mask cannot be taken as it is.',
      write: 'Texts to write cannot be taken as it is.',
    },
  },
  /** What is wrong with a field, beneath it. */
  errors: {
    /** @param by what the steps are divided by in each round */
    rounds: (steps: number, by: number, most: number) =>
      `From ${steps} steps, ${by === 2 ? 'halved' : `divided by ${inWords(by)}`} each round, there are ${most} rounds at most.`,
    learningRate: 'Give a number above 0, 1 at most, such as 0.0003.',
    gone: 'This model is not open any more: choose another, or open its files again.',
  },
});
