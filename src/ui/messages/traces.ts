import { LOCALE } from '../../words/language.ts';
import { localised } from '../../words/localised.ts';

const number = (value: number, digits = 0): string =>
  value.toLocaleString(LOCALE, { maximumFractionDigits: digits });
const counted = (count: number, one: string, many: string): string =>
  `${number(count)} ${count === 1 ? one : many}`;

/** Trace files, and pictures of steps. */
export const traces = localised({
  save: 'Save trace',
  open: 'Open a trace',
  opening: 'Opening …',
  openHint: 'A trace plays without any model. It may be dropped here as well.',
  opened: (file: string) => `${file} is open.`,
  neither: (file: string) =>
    `${file} is neither a trace nor part of a checkpoint: choose a trace that was saved here, or config.json and model.safetensors together.`,
  tooLarge: (megabytes: number, most: number) =>
    `The file has ${number(megabytes)} MB and traces have at most ${number(most)}: choose another one.`,
  changed: (told: string, has: string) =>
    `The tokens of this trace were changed after it was saved, their hash is ${has} and has to be ${told}: save it again where it was made, or take the field "text" out.`,
  /** Of an imported run. */
  from: (file: string, title: string) => `from ${file}, written by the model ${title}`,
  on: (adapter: string, backend: string) => `on ${adapter} (${backend})`,
  saved: (when: string) => `saved ${when}`,
  /** What of these is known. */
  origin: (facts: readonly string[]) => facts.join(', '),
  run: 'Run with these settings',
  provenance: 'Figures of the file, measured where it was made.',
  elsewhere: 'measured elsewhere',
  elsewhereCpu: 'on a CPU, not a GPU',
  noEngine:
    'What the model held possible is asked of the model, and no engine runs here now: a file has only what was drawn.',
  noModel: (title: string) =>
    `What the model held possible is asked of the model, and ${title} is not here: a file has only what was drawn.`,
  otherModel: (title: string) =>
    `The model of this name that is here is not the ${title} that wrote this run: a file has only what was drawn.`,
  noPins: 'To pin a word here, run it with its settings first.',
  pinned:
    'This slot was pinned for the run: the model reads it like every other one, but has nothing to decide here.',
  step: {
    title: 'Save this step',
    svg: 'Picture (SVG)',
    png: 'Picture (PNG)',
    refused: 'The browser drew no picture of this size: close other pages, or save the SVG.',
    nothing: 'There is nothing to save before a run is on the canvas.',
    masked: 'masked',
    new: 'new',
    given: 'given',
    pinned: 'pinned',
    final: 'final',
    scale: (label: string, low: string, high: string) => `${label}: ${low} – ${high}`,
    facts: (title: string, sampler: string, steps: number, passes: number, seed: number) =>
      [
        ...[title, steps === 0 ? sampler : `${sampler}, ${counted(steps, 'step', 'steps')}`],
        ...[counted(passes, 'forward pass', 'forward passes'), `seed ${seed}`],
      ].join(' · '),
  },
});
