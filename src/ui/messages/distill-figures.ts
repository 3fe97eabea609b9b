import { bytesText } from '../../words/bytes.ts';
import { number } from '../../words/numbers.ts';
import { ordinal, plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

const subStepOf = (step: number, of: number): string => `${of === 1 ? 'only' : ordinal(step)} sub-step`;

/** Losses: how they are called, and what their numbers are. */
export const losses = localised({
  /** Beside the name that the options of the engine have. */
  labels: {
    'kl-bwd': 'KL(student, target): kl-bwd',
    'kl-fwd': 'KL(target, student): kl-fwd',
    mse: 'Squared error of log-probabilities: mse',
    tvd: 'Total variation: tvd',
  },
  says: {
    'kl-bwd': 'How surprised the target would be by what the student says; the default, as released.',
    'kl-fwd': 'The target weighs, so the student has to cover every token that is likely there.',
    mse: 'As released: over all tokens alike, however unlikely, and the column of the mask.',
    tvd: 'As released: absolute differences of log-probabilities, the column of the mask included.',
  },
  units: { nat: 'nat', squaredNat: 'squared nat' },
  /** Within a line: only some losses are divergences. */
  words: { divergence: 'divergence', loss: 'loss' },
});

/** The curves of a distillation. Losses and norms come as they are written. */
export const lossCurve = localised({
  /** @param subSteps steps of the teacher; name and unit of the loss */
  title: {
    divergence: (subSteps: number, loss: string, unit: string) =>
      `Divergence from the ${subSteps === 2 ? 'two' : subSteps}-step teacher (${loss}, ${unit} per masked slot)`,
    loss: (subSteps: number, loss: string, unit: string) =>
      `Loss from the ${subSteps === 2 ? 'two' : subSteps}-step teacher (${loss}, ${unit} per masked slot)`,
  },
  key: {
    raw: 'each update',
    smooth: 'smoothed',
    validation: 'held-out texts',
    floor: 'floor of the round, with its bounds',
  },
  norms: 'gradient norm, log scale',
  read: 'Update to read',
  nothing: 'Nothing has been learned yet.',
  /** What there is to read at an update; held out: on texts that are not trained on. */
  reading: (update: number, round: number, loss: string, smoothed: string, norm: string) =>
    `Update ${number(update)}, round ${round}: loss ${loss}, smoothed ${smoothed}, gradient norm ${norm}`,
  readingHeld: (update: number, round: number, loss: string, smoothed: string, held: string, norm: string) =>
    `Update ${number(update)}, round ${round}: loss ${loss}, smoothed ${smoothed}, on held-out texts ${held}, gradient norm ${norm}`,
  /** One of these by itself. */
  readingAlone: (reading: string) => (reading.endsWith('.') ? reading : `${reading}.`),
  /** Before the first update of a round, and where a run is taken up again. */
  drawing: (done: number, all: number) =>
    `The teacher draws targets of the held-out texts, against which the student is measured: ${number(done)} of ${number(all)}.`,
  /** From the lower to the upper bound of a floor, which stand in brackets behind its estimate. */
  floor: (estimate: string, low: string, high: string) => `${estimate} (${low} to ${high})`,
  percent: (percent: number) => `${number(percent)} %`,
  table: {
    title: 'The curve as a table',
    round: 'round',
    updates: 'updates',
    first: 'loss, first 10',
    last: 'last 10',
    heldFirst: 'held-out texts, first',
    heldLast: 'last',
    floor: 'floor (bounds)',
    gap: 'gap closed',
    notKnown: 'not known',
  },
});

/** One masked slot: what the student was to learn there, and what it thinks. */
export const microscope = localised({
  title: 'Target against student',
  titleOf: (slot: number) => `Slot ${slot}: target against student`,
  /** Behind the title. */
  update: (update: number) => `, update ${number(update)}`,
  slots: 'Slots of the text that is shown',
  /** Of a masked slot, read out. */
  slot: (slot: number, subStep: number) => `Slot ${slot}, masked, target from sub-step ${subStep}`,
  pairs: 'Probability of the likeliest tokens, target and student',
  token: 'token',
  both: 'target, then student',
  others: 'all others',
  /** Where the target comes from: one of the teacher's steps, of so many. */
  from: (step: number, of: number) =>
    `The target is the teacher's law in the ${subStepOf(step, of)}, which unmasked this slot.`,
  fromLast: `No sub-step unmasked this slot: the target is the teacher's law in the last one.`,
  off: {
    divergence: (value: string, unit: string) => `Divergence here: ${value} ${unit}.`,
    loss: (value: string, unit: string) => `Loss here: ${value} ${unit}.`,
  },
  nothing:
    'Run one update: then each masked slot of its first text can be looked into, with what the teacher leaves there and what the student thinks.',
  upper: 'upper bar: target',
  lower: 'lower bar: student',
  /** Below what no student can go. */
  floor: {
    notKnown: (loss: string) =>
      `Targets are drawn anew each time. How low ${loss} can get with them is not known: only kl-bwd has a floor that can be computed.`,
    waiting:
      'The loss does not go to 0: targets are drawn anew each time, and one pass has to settle between them. How low it can get can be measured on texts that are held out.',
    known: (estimate: string, draws: number, low: string, high: string, untrained: string) =>
      `No student gets below about ${estimate} nat in this round: targets are drawn anew each time, and one pass has to settle between them. (Held-out texts, ${number(draws)} draws, by which it is between ${low} and ${high}; this round's student began at ${untrained}.)`,
    measure: (draws: number) => `Measure the floor, ${draws} draws`,
    measuring: 'Measuring …',
  },
});

/** The rounds, from the teacher down, and what a finished one left. Steps and losses come as they are written. */
export const ladder = localised({
  title: 'Round ladder',
  /** <steps> are large; <quiet> is only read out. */
  teacher: (steps: string) => `teacher <steps>${steps}</steps>`,
  round: (round: number, steps: string) => `round ${round}: <steps>${steps}</steps><quiet> steps</quiet>`,
  /** Beneath it: that it is done or to come, or how far it is. */
  done: 'done',
  toCome: 'to come',
  updates: (done: number, all: number) => `${number(done)} of ${number(all)}`,
  choose: 'Choose a round that is done: look at it, race it, or take it along.',
  says: 'Numbers are steps. The student of a round is the teacher of the next, and can be used everywhere once its round is done.',
  panel: (round: number) => `Round ${round}`,
  /** What is known of a round: parts behind the first are left out where they are not known. */
  facts: (
    round: number,
    updates: number,
    steps: { from: string; to: string },
    known: { held?: string; floor?: string; untrained?: string; closed?: string },
  ) =>
    [
      `Round ${round}: ${plural(updates, 'update', 'updates')}, from ${steps.from} steps to ${steps.to}`,
      ...(known.held === undefined ? [] : [`; loss on held-out texts ${known.held}`]),
      ...(known.floor === undefined ? [] : [`, floor ${known.floor}, before ${known.untrained}`]),
      ...(known.closed === undefined ? [] : [`: ${known.closed} of the gap closed`]),
      '.',
    ].join(''),
  quality: (steps: number, perplexity: string, entropy: string, texts: number, judge: string) =>
    `In ${plural(steps, 'step', 'steps')}: perplexity ${perplexity}, entropy ${entropy} nats, over ${plural(texts, 'text', 'texts')}, as “${judge}” judges.`,
  noQuality: 'How good its texts are is measured below, under “Before and after”.',
  watch: 'Open in Watch',
  race: 'Race it',
  export: {
    weights: 'Weights',
    button: 'Export as .zip',
    busy: 'Writing the archive …',
    saved: (file: string, bytes: number, files: readonly string[]) =>
      `Saved ${file}, ${bytesText(bytes)}, with ${files.join(', ')}. Unpack it and drop them on the Watch view to open them again.`,
  },
});

/** Teacher and students before and after. */
export const comparison = localised({
  title: 'Before and after',
  /** Models as they are compared. */
  teacher: 'Teacher',
  student: 'Student',
  round: (round: number) => `Round ${round}`,
  studentAfter: (updates: number) => `Student after ${plural(updates, 'update', 'updates')}`,
  /** What is being written: by whom, in how many steps; of which text it is the how manyth. */
  what: (model: string, steps: number) => `${model}, ${plural(steps, 'step', 'steps')}`,
  progress: (what: string, current: number, total: number) =>
    `${what}: ${number(current)} of ${number(total)}.`,
  progressEach: (what: string, texts: number, current: number, total: number) =>
    `${what}, ${plural(texts, 'text', 'texts')}: ${number(current)} of ${number(total)}.`,
  /** Behind it. */
  waits: 'What runs waits meanwhile.',
  waiting: 'Waiting for the update that is under way.',
  cancel: 'Cancel',
  write: 'Write with the student as it is',
  modelsBegin: 'the models begin',
  texts: {
    label: 'Texts by teacher and student',
    steps: 'steps',
    stepsOf: (steps: number) => plural(steps, 'step', 'steps'),
    notYet: 'not written yet',
    none: '(no text)',
    noPrompt: (seed: number) =>
      `All with seed ${number(seed)} and no prompt: the same noise, so that only the model and its steps differ.`,
    prompt: (seed: number, prompt: string) =>
      `All with seed ${number(seed)} and the prompt “${prompt}”: the same noise, so that only the model and its steps differ.`,
  },
  quality: {
    title: 'Over many texts',
    count: 'Texts of each model and budget',
    noJudge:
      'No model that reads from left to right has the vocabulary of this teacher: nobody can judge its texts.',
    paused: 'Paused. What is measured stays.',
    rests: 'Measured by itself once a round is done; what runs waits for it.',
    pause: 'Pause',
    again: 'Measure again',
    goOn: 'Go on measuring',
    teacher: 'Measure the teacher',
    all: (rounds: number) => `Measure teacher and ${plural(rounds, 'round', 'rounds')}`,
    /** @param device the adapter, or the words below */
    source: (judge: string, texts: number, device: string) =>
      `As “${judge}” judges, over the tokens behind the first, ${plural(texts, 'text', 'texts')} a point; intervals are two standard errors of the mean log-probability. Computed on ${device}. A low perplexity with a low entropy is repetition, not quality.`,
    thisDevice: 'this device',
  },
});
