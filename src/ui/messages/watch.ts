import { chance, duration, fixed, nats, number } from '../../words/numbers.ts';
import { capital, inWords, ordinal, plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

/** "five tokens at once", and what goes without saying of one. */
const arrivals = (count: number): string => (count === 1 ? 'one token' : `${inWords(count)} tokens at once`);
const ofTexts = (texts: number): string => (texts === 1 ? '' : ` of all ${number(texts)} texts`);
const allPasses = (passes: number): string =>
  passes === 1 ? 'for its one pass' : `for all ${number(passes)} passes`;
const on = (adapter: string | undefined): string => (adapter === undefined ? '' : ` on ${adapter}`);

/** What the Watch view says of a run as it goes. */
export const watch = localised({
  title: 'Watch a language model write all its tokens at once',
  lead: 'The model reads every slot at once and guesses all that are masked. Each step keeps some of the guesses.',
  /** The sentence above the canvas, at one moment of a run. A pass is what a sampler without steps has. */
  moment: {
    start: (masked: number) =>
      `${capital(inWords(masked))} masked ${masked === 1 ? 'slot' : 'slots'}, nothing written yet.`,
    step: (step: number, steps: number, came: number) =>
      `Step ${number(step)} of ${number(steps)}: ${arrivals(came)}.`,
    pass: (pass: number, came: number) => `Pass ${pass}: ${arrivals(came)}.`,
    final: (came: number) =>
      `Final pass: ${inWords(came)} ${came === 1 ? 'token' : 'tokens'}, the likeliest of all.`,
    failed: 'Nothing can be written yet.',
  },
  /** The same for those who listen, in numbers. */
  announced: {
    start: (masked: number) => `Start: ${masked} masked`,
    step: (step: number, steps: number, came: number, masked: number) =>
      `Step ${step} of ${steps}: ${came} new, ${masked} masked`,
    pass: (pass: number, came: number, masked: number) => `Pass ${pass}: ${came} new, ${masked} masked`,
    final: (came: number, masked: number) => `Final pass: ${came} new, ${masked} masked`,
  },
  /** How long playback shows a step, and how long the machine took for the run. */
  times: {
    shown: (seconds: number) => `A step is shown for ${fixed(seconds, 2)} s.`,
    gpu: (milliseconds: number, passes: number, texts: number) =>
      `The GPU took ${duration(milliseconds)} ${allPasses(passes)}${ofTexts(texts)}.`,
    machine: (milliseconds: number, passes: number, texts: number) =>
      `The machine took ${duration(milliseconds)} ${allPasses(passes)}${ofTexts(texts)}.`,
  },
  runAgain: 'Run again',
  dismiss: 'Dismiss',
  notices: {
    pinsOut: 'The pins were taken out: in the vocabulary of another model their ids are other words.',
    differs:
      'The text has just changed: this GPU rounds the last bits in another way than the one that wrote the record, and draws other tokens.',
    tooLong: (model: string, slots: number) =>
      `The ${model} writes ${slots} slots at most: choose a shorter length.`,
  },
  /** Where the text on the canvas comes from. */
  origin: {
    /** On a badge. */
    recorded: 'recorded',
    imported: 'imported',
    live: 'live',
    /** In front of the stages of the opening. */
    onItsWay: (model: string) => `the ${model} is on its way:`,
    opening: (model: string) => `opening the ${model}:`,
    pending: 'the same run is being written here, and takes over without a jump',
    earlier: (model: string) => `written earlier by the ${model}, with the settings below`,
    written: (model: string, adapter: string | undefined) => `written by the ${model}${on(adapter)}`,
    running: (model: string, adapter: string | undefined) => `being written by the ${model}${on(adapter)}`,
    stopped: (model: string, adapter: string | undefined) =>
      `stopped before its end, written by the ${model}${on(adapter)}`,
  },
  canvas: {
    label: 'Slots',
    /** Read out before what is in the slot. */
    slot: (slot: number) => `Slot ${slot}: `,
    masked: 'masked',
    /** In the place of a masked slot where the text is copied. */
    copiedMask: '[mask]',
    /** In the corner of a slot. What stands in <quiet> is only read out: "new in step 3", of which "new" and "3" are seen. */
    given: '<look>given</look>',
    pinned: '<look>pinned</look>',
    new: (step: string) => `<look>new</look><quiet> in step </quiet><step>${step}</step>`,
    earlier: (step: string) => `<quiet> in step </quiet><step>${step}</step>`,
    /** In the place of the number of a step: the pass after the last one. */
    final: 'final',
  },
  /** In a slot, for tokens that are no word: marks of the vocabulary, and a space. */
  pieces: { start: 'start', end: 'end', space: 'space' },
  /** What the looks of slots mean. */
  looks: {
    masked: 'masked',
    new: 'new in this step',
    earlier: 'earlier, with its step',
    given: 'given at the start',
    pinned: 'pinned by you',
  },
  colour: {
    label: 'Colour by',
    by: { none: 'nothing', step: 'step', probability: 'probability', entropy: 'entropy', order: 'order' },
    /** What the scale beside the canvas shows, with its unit; its two ends stand behind the colon. */
    legend: (label: string) => `${label}: `,
    step: 'step in which the token came',
    first: 'first',
    last: 'last',
    probability: 'probability of the drawn token',
    entropy: 'entropy of the law the token was drawn from, in nats',
    order: 'order in which the tokens came',
  },
  transport: {
    label: 'Playback',
    /** Under the bar at the start of a run, in little room. */
    start: 'start',
    position: 'Position in the run',
  },
  prose: { title: 'Text', copy: 'Copy text' },
  texts: {
    title: (count: number) => `All ${count} texts of this seed, at the same pass`,
    /** Begins the name of the button, in front of the text; what stands in <quiet> is only read out. */
    show: (text: number) => `<quiet>Show text </quiet><number>${text}</number>`,
  },
  /** What the run cost: what a number means, and beneath it what it belongs to. */
  figures: {
    title: 'This run',
    copyTrace: 'Copy trace',
    passes: 'forward passes',
    nominal: (steps: number) => `for ${plural(steps, 'nominal step', 'nominal steps')}`,
    noSteps: 'no step count',
    rate: 'tokens per pass',
    written: (count: number) => `${number(count)} written`,
    writtenEach: (count: number) => `${number(count)} written, per text`,
    wall: 'wall time, all passes',
    waiting: 'waiting included',
    gpu: 'GPU time, all passes',
    ofWall: (milliseconds: number) => `of ${duration(milliseconds)} wall time`,
    cpu: 'on a CPU, not a GPU',
    calls: 'calls of onnxruntime',
    callsOf: 'one for each text and pass',
    dispatches: 'GPU dispatches',
    submits: (submits: number) => `in ${plural(submits, 'submit', 'submits')}`,
    /** Names of the sampler, of a number format and of what computes stay as they are. */
    made: (sampler: string, weights: string, backend: string, adapter: string) =>
      `${sampler}, ${weights} weights, f32 arithmetic; ${backend} on ${adapter}.`,
    madeAll: (sampler: string, weights: string, backend: string, adapter: string, texts: number) =>
      `${sampler}, ${weights} weights, f32 arithmetic; ${backend} on ${adapter}; times and dispatches of all ${texts} texts.`,
    recorded: 'Times come with the live run: a record has none of this machine.',
  },
});

const entropyOf = (entropy: number): string => `entropy ${nats(entropy)} nats`;
const slotsAre = (count: number): string => plural(count, 'slot is', 'slots are');

/** A slot from within, and the form that pins a word into it. */
export const slotPanel = localised({
  empty: {
    title: 'Look into a slot',
    hint: 'Choose a slot to see what the model held possible there, or to pin a word of your own: the model then writes around it.',
  },
  /** Of the panel: a slot, and where in the run it is looked into. */
  title: {
    plain: (slot: number) => `Slot ${slot}`,
    inStep: (slot: number, step: number) => `Slot ${slot} in step ${step}`,
    beforeStep: (slot: number, step: number) => `Slot ${slot} before step ${step}`,
    inPass: (slot: number, pass: number) => `Slot ${slot} in pass ${pass}`,
    beforePass: (slot: number, pass: number) => `Slot ${slot} before pass ${pass}`,
    inFinal: (slot: number) => `Slot ${slot} in the final pass`,
    beforeFinal: (slot: number) => `Slot ${slot} before the final pass`,
  },
  candidates: 'Most probable tokens',
  /** Behind the candidate that was drawn, read out. */
  drawn: '(drawn)',
  /** What became of the slot, and how sure the model was. The law: probabilities of the tokens. */
  law: {
    asking: 'Asking the model …',
    before: (entropy: number) => `What a draw would be made from; ${entropyOf(entropy)}.`,
    notDrawn: (entropy: number) => `Not drawn in this step; ${entropyOf(entropy)}.`,
    drawn: (probability: number, rank: number, candidates: number, entropy: number) =>
      `Drawn with chance ${chance(probability)}, ${rank === 1 ? 'the likeliest' : `the ${ordinal(rank)} likeliest`} of ${number(candidates)}; ${entropyOf(entropy)}.`,
    youPinned:
      'You pinned this slot: the model reads it like every other one, but has nothing to decide here.',
    given:
      'This slot was given at the start: the model reads it like every other one, but has nothing to decide here.',
    recorded: 'What the model held possible comes with the live run: a record has only what was drawn.',
    notYet: 'What the model holds possible comes with its first pass.',
  },
  unpin: 'Take the pin out and run',
  held: 'The prompt holds this slot: shorten the prompt to pin a word here.',
  pin: {
    label: 'Pin a word here',
    placeholder: 'type it, press Enter',
    submit: 'Pin',
    joined: 'joined to the slot before, without a space',
    reading: 'Reading …',
    /** What the tokenizer made of the word: <tokens> are shown one by one. */
    one: 'One token: <tokens></tokens>',
    several: (count: number, first: number, last: number) =>
      `${number(count)} tokens, slots ${first} to ${last}: <tokens></tokens>`,
    tooMany: (count: number, left: number) =>
      `These are ${plural(count, 'token', 'tokens')}, and from here on ${slotsAre(left)} left: type less, or pin further left.`,
    gone: (slots: number) =>
      `The next run has ${plural(slots, 'slot', 'slots')}: this one will not be there.`,
  },
});
