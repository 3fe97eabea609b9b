import { LOCALE } from '../../../words/language.ts';
import { localised } from '../../../words/localised.ts';

const number = (value: number): string => value.toLocaleString(LOCALE);
const passes = (count: number): string =>
  count === 1 ? '1 forward pass' : `${number(count)} forward passes`;

/** What stands around every lesson, and what is said once a word of it was clicked. */
export const panel = localised({
  contents: {
    title: 'Lessons',
    lead: 'Short chapters that drive the page beside them. Underlined words do what they say. Each chapter ends with a question.',
    answered: 'answered',
  },
  all: 'Contents',
  close: 'Close',
  fold: 'Fold',
  unfold: 'Unfold',
  number: (lesson: number) => `Lesson ${lesson}`,
  place: (part: number, parts: number) => `${part} of ${parts}`,
  /** Read out before the title of a part. */
  placeIn: (lesson: string, part: number, parts: number) => `${lesson}, ${part} of ${parts}: `,
  moves: 'Parts of the lesson',
  back: 'Back',
  next: 'Next',
  nextLesson: (title: string) => `Next lesson: ${title}`,
  keys: '<kbd>Page Up</kbd> <kbd>Page Down</kbd>',
  done: 'done',
  question: {
    title: 'A question',
    check: 'Check',
    choose: 'Choose an answer first.',
    right: 'Right.',
    wrong: (choice: string) => `Not quite. The answer is: ${choice}.`,
    again: 'Ask again',
  },
  live: {
    run: (steps: number, count: number, slots: number) =>
      steps === 0
        ? `On the canvas now: no step count, ${passes(count)}, ${number(slots)} slots.`
        : `On the canvas now: ${steps === 1 ? '1 step' : `${number(steps)} steps`}, ${passes(count)}, ${number(slots)} slots.`,
    race: (lanes: readonly { title: string; passes: number }[]) =>
      `In the race now: ${lanes.map(({ title, passes: count }) => `${title}, ${passes(count)}`).join('; ')}.`,
  },
  noTraining:
    'Training needs WebGPU, and this browser computes without it. Open the page in a browser with WebGPU to train; here this lesson can be read, and lesson 8 does not need it.',
  masking: {
    level: 'Time t',
    again: 'Mask anew',
    counts: (t: number, expected: number, masked: number, all: number) =>
      `At t = ${t.toLocaleString(LOCALE, { minimumFractionDigits: 2 })}, chance masks about ${number(expected)} of ${number(all)} tokens; here it masked ${number(masked)}.`,
    /** Read out in the place of the text. */
    text: (text: string) => `The text of the canvas, masked: ${text}`,
    masked: 'masked',
    none: 'The text of the canvas stands here once a run is whole.',
  },
  does: {
    runs: (what: readonly string[]) => `Running: ${what.join(', ')}.`,
    model: { teacher: 'the teacher', student: 'the student' },
    steps: (steps: number) => (steps === 1 ? '1 step' : `${number(steps)} steps`),
    'first-hitting': 'first-hitting, one slot in each pass',
    temperature: (value: number) =>
      `temperature ${value.toLocaleString(LOCALE, { minimumFractionDigits: 1 })}`,
    pinned: (text: string, slot: number) => `“${text}” pinned in slot ${number(slot)}`,
    notPinned: 'This word cannot be pinned: it is more than one token of this model.',
    start: 'At the start: every slot is masked that was not given.',
    end: 'At the end.',
    next: (position: number, all: number) => `Step by step: ${number(position)} of ${number(all)}.`,
    nothing: 'There is no run yet: press Run, and click again.',
    look: (slot: number) => `Slot ${number(slot)} is open: its candidates are shown.`,
    colour: { step: 'Coloured by step.', entropy: 'Coloured by entropy.' },
    race: { three: 'Racing: the three at 32 tokens.', pair: 'Racing: teacher in 32 steps, student in 4.' },
    noRace: 'This race needs models that are not here.',
    rule: {
      time: 'Played by time.',
      pass: 'Played by forward passes: each lane has one at a time.',
    },
    distill: 'The Distill view is open.',
    ladder: 'Filled in: three rounds from 16 steps.',
    small: 'Filled in: one round of 40 updates, from eight steps to one.',
    taken: 'A distillation is open already: go on with that one, or discard it.',
    begins: 'Starting: the first updates take the longest.',
    onePhase: 'One phase.',
    slow: 'Slow motion is on: it waits after every phase.',
    shown: 'There it is.',
    notYet: 'It comes with a distillation: start one first.',
    noGpu:
      'Training needs WebGPU, and this browser computes without it. The form can be filled in all the same.',
    wrongForm: 'The form says what is missing.',
    measure: 'Measuring: 16 texts of each model at 1, 4 and 16 steps. So few give wide intervals.',
    axis: 'Forward passes stand below the curve, once something is measured.',
    level: (t: number) => `t = ${t.toLocaleString(LOCALE, { minimumFractionDigits: 2 })}.`,
    again: 'Masked anew.',
    head: (layer: number, head: number) => `Layer ${layer}, head ${head}.`,
    causal: 'The autoregressive model reads the text.',
    disagree: 'These two disagree most, of a few neighbours that were tried.',
    lens: (steps: number) => `The lens supposes ${steps === 1 ? '1 step' : `${number(steps)} steps`}.`,
    halfWay: 'In the middle of the run.',
    settings: 'The settings are shown again.',
    starting: 'The engine is starting: click again in a moment.',
  },
});
