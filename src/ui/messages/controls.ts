import { number, upTo } from '../../words/numbers.ts';
import { plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

/** "7.9 forward passes"; one is none and a half at most. */
const forwardPasses = (passes: number): string =>
  `${upTo(passes, passes < 20 ? 1 : 0)} forward ${passes < 1.05 ? 'pass' : 'passes'}`;

/** What the next run is asked for. */
export const controls = localised({
  title: 'Model and steps',
  model: 'Model',
  length: 'Length, in slots',
  sampler: 'Sampler',
  /** What each is called, and what it does. */
  samplers: {
    ancestral: {
      label: 'Ancestral',
      says: 'Chance alone decides which slots come in which step. The analytic sampler of the literature has the same law, so this is both.',
    },
    'first-hitting': {
      label: 'First-hitting',
      says: 'One slot a pass, at the moment when chance has it come. There are as many passes as slots, so it has no step count.',
    },
    confidence: {
      label: 'Confidence',
      says: 'As many slots a step as ancestral has, but those of which the model is surest. Its texts tend to repeat themselves.',
    },
  },
  steps: {
    label: 'Steps',
    none: 'none',
    noneRead: 'none: first-hitting has no step count',
    read: (steps: number) => `${steps} steps`,
    /** How many passes to expect. */
    oneEach: (passes: number) => `${number(passes)} forward passes, one for each slot.`,
    about: (passes: number) => `About ${forwardPasses(passes)}: steps in which nothing comes cost nothing.`,
    atMost: (passes: number) =>
      `At most about ${forwardPasses(passes)}: steps in which nothing comes cost nothing.`,
  },
  /** In the empty field of the prompt, behind "none: ". */
  modelBegins: 'the model begins',
  pins: (count: number) => `${plural(count, 'slot is', 'slots are')} pinned.`,
  unpinAll: 'Take all out',
  /** Names what is folded away. */
  more: 'Temperature, top-p, several texts, BOS',
  temperature: 'Temperature',
  topP: 'Top-p',
  count: 'Texts at once',
  bos: 'Give the token that begins a text (BOS)',
  noBos: 'This vocabulary has no token that begins a text',
  run: 'Run',
  stop: 'Stop',
  state: {
    nothing: 'Nothing has run yet.',
    changed: 'Changed: press Run to see what it does.',
    busy: 'Running with these settings.',
    shown: 'The canvas shows a run with these settings.',
  },
});
