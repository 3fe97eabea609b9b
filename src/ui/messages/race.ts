import { duration, number } from '../../words/numbers.ts';
import { andList, capital, inWords, plural } from '../../words/english.ts';
import { LOCALE } from '../../words/language.ts';
import { localised } from '../../words/localised.ts';

/** Where a lane is: its name, and passes done of all. */
interface Place {
  name: string;
  shown: number;
  passes: number;
}

const pass = ({ shown, passes }: Place): string => `pass ${number(shown)} of ${number(passes)}`;
const at = (place: Place): string => `${place.name} at ${pass(place)}`;
/** "a is at pass 1 of 2, b at pass 1 of 3 and c at pass 1 of 4" */
const areAt = ([first, ...rest]: readonly Place[]): string =>
  andList([`${first.name} is at ${pass(first)}`, ...rest.map(at)]);

const areDone = (names: readonly string[]): string =>
  `${capital(andList(names))} ${names.length === 1 ? 'is' : 'are'} done`;
const countDone = (done: number, lanes: number): string =>
  `${capital(inWords(done))} of ${inWords(lanes)} are done`;

/** @param named of them, as far as they are named in the sentence */
const allDone = (lanes: number, named: number): string =>
  named < lanes ? `All ${inWords(lanes)} are done` : `${lanes === 2 ? 'Both' : 'All'} are done`;

const factor = (times: number): string => times.toLocaleString(LOCALE, { maximumSignificantDigits: 3 });
const CLOCKS = { gpu: 'GPU', wall: 'wall' };
const byTime = (clock: keyof typeof CLOCKS, stretched: string): string =>
  `Played by measured ${CLOCKS[clock]} time, ${stretched}; the passes of a lane share its time evenly.`;

/** What the Race view says of a race as it goes: its headline, and by what rule it plays. */
export const race = localised({
  title: 'Race a distilled student against its teacher and its rivals',
  nothing: 'Nothing can be raced yet.',
  preparing: 'Getting ready for the race.',
  notRun: 'Nothing has been run yet.',
  /** Of a lane: "the teacher"; its runs, or its texts. */
  progress: {
    time: (name: string, run: number, runs: number) =>
      `Timing ${name}: run ${number(run)} of ${number(runs)}.`,
    write: (name: string, done: number, texts: number) =>
      `${capital(name)} writes more texts: ${number(done)} of ${number(texts)}.`,
    judge: (name: string, done: number, texts: number) =>
      `Judging what ${name} wrote: ${plural(done, 'text', 'texts')} of ${number(texts)}.`,
  },
  /** Who is done, and where the others are: the one that is furthest first. */
  standings: {
    start: (lanes: number) => `${capital(inWords(lanes))} lanes, nothing written yet.`,
    /** Nobody is done. */
    open: (open: readonly Place[]) => `${capital(areAt(open))}.`,
    level: (lanes: number, ahead: Place) =>
      `None of ${inWords(lanes)} is done yet; the first are at ${pass(ahead)}.`,
    leads: (lanes: number, ahead: Place) =>
      `None of ${inWords(lanes)} is done yet; ${ahead.name} leads, at ${pass(ahead)}.`,
    /** Some are done, named or counted; of the others all are named, or the next alone. */
    some: (done: readonly string[], open: readonly Place[]) => `${areDone(done)}; ${areAt(open)}.`,
    someNext: (done: readonly string[], next: Place) =>
      `${areDone(done)}; ${next.name} is next, at ${pass(next)}.`,
    many: (done: number, lanes: number, open: readonly Place[]) =>
      `${countDone(done, lanes)}; ${areAt(open)}.`,
    manyNext: (done: number, lanes: number, next: Place) =>
      `${countDone(done, lanes)}; ${next.name} is next, at ${pass(next)}.`,
    /** All are done: what those took that are named, the least first. */
    tookTime: (lanes: number, named: readonly { name: string; milliseconds: number }[]) =>
      `${allDone(lanes, named.length)}: ${andList(
        named.map(
          ({ name, milliseconds }, i) => `${name}${i === 0 ? ' took' : ''} ${duration(milliseconds)}`,
        ),
      )}.`,
    tookPasses: (lanes: number, named: readonly { name: string; passes: number }[]) =>
      `${allDone(lanes, named.length)}: ${andList(
        named.map(({ name, passes }, i) =>
          i === 0
            ? `${name} took ${plural(passes, 'forward pass', 'forward passes')}`
            : `${name} ${number(passes)}`,
        ),
      )}.`,
  },
  /** By what a race plays, and how much slower than it was. */
  rule: {
    pass: 'Played by forward passes: one of every lane per tick, however long it took.',
    fraction: 'Played by the fraction of its own passes that each lane has done, so that all end at once.',
    noTimes: 'Played by measured time, slowed as far as it takes to be seen.',
    slowed: (clock: keyof typeof CLOCKS, times: number) => byTime(clock, `slowed ${factor(times)} times`),
    spedUp: (clock: keyof typeof CLOCKS, times: number) => byTime(clock, `sped up ${factor(times)} times`),
    asItWas: (clock: keyof typeof CLOCKS) => byTime(clock, 'no slower and no faster than it was'),
  },
  /** What holds under every rule, folded away. */
  shared: {
    title: 'What the lanes share',
    says: 'Each lane was computed alone, one after the other; then they play together. All share the noise by which tokens are drawn; ancestral and first-hitting lanes share the order in which slots unmask too. An autoregressive text does not correspond to the others slot by slot.',
  },
});

/** Which race is run, and what all lanes are asked for. */
export const raceSetup = localised({
  label: 'What is raced',
  /** The picker of a race, and behind "One model, eight budgets" that of the model. */
  race: 'Race',
  ofThe: 'of the',
  own: 'Your own',
  ownSays: 'Lanes and settings of your own.',
  /** Names what is folded away. */
  terms: 'Length, prompt, seed, temperature, top-p',
  /** In the empty field of a prompt, behind "none: ". */
  modelsBegin: 'the models begin',
  newInPass: 'new in this pass',
  earlier: 'earlier',
  run: 'Run the race',
  cancel: 'Cancel',
  /** Beside the button: what it does now, and why one would press it. */
  state: {
    beforeChange: 'The race before your change is still running.',
    timed: (runs: number) => `Each lane warms up once and is timed ${inWords(runs)} times.`,
    timedCpu: (runs: number) =>
      `Each lane warms up once and is timed ${inWords(runs)} times, since this is a CPU.`,
    lastStays: 'Till the first is through, the last race stays.',
    other: 'The lanes show a race with other settings: run this one to see it.',
    changed: 'Changed: run it to see what it does.',
    measuring: 'More texts are being written, below.',
    shown: 'The lanes show this race.',
    notWhole: 'Not every lane is through: run it again.',
  },
});

/** The lanes: what each is asked for, where it is, and what it cost. */
export const raceLanes = localised({
  label: 'Lanes',
  /** Where a lane is, beside its bar. */
  place: {
    running: 'being run',
    waiting: 'waits its turn',
    notRun: 'not run yet',
    pass: (shown: number, passes: number) => `pass ${number(shown)} of ${number(passes)}`,
    done: 'done',
  },
  /** Behind the place of a lane that shows a race with other settings. */
  lastRace: ', last race',
  nothingWritten: 'Nothing is written yet.',
  change: 'Change',
  /** Of one lane, by its name: "the teacher". */
  changeOf: (name: string) => `Change ${name}`,
  askedOf: (name: string) => `What ${name} is asked for`,
  causal: 'It writes from left to right, one token a pass: there are no steps.',
  remove: 'Take this lane out',
  fewest: (lanes: number) => `${capital(inWords(lanes))} lanes are the fewest`,
  add: 'Add a lane',
  most: (lanes: number) => `${capital(inWords(lanes))} are the most`,
  /** What a lane cost and how good its text is: what a number means, and beneath it what it belongs to. */
  figures: {
    passes: (passes: number) => (passes === 1 ? 'forward pass' : 'forward passes'),
    oneEach: 'one per token',
    nominal: (steps: number) => `for ${plural(steps, 'step', 'steps')}`,
    noSteps: 'no step count',
    time: 'time',
    median: {
      gpu: (runs: number) => `GPU, median of ${runs}`,
      wall: (runs: number) => `wall, median of ${runs}`,
    },
    /** The two numbers as they are shown; <quiet> words are small. */
    qualityValue: (perplexity: string, entropy: string) =>
      `${perplexity} <quiet>and</quiet> ${entropy} <quiet>nats</quiet>`,
    quality: 'perplexity and entropy',
    selfScored: 'self-scored, not compared',
    unjudged: 'nobody judged',
    ofText: 'of this text',
    overTexts: (texts: number) => `over ${number(texts)} texts`,
    perPass: 'tokens per pass',
    written: (tokens: number) => `${number(tokens)} written`,
    rate: 'tokens a second',
    rateBy: { gpu: 'by GPU time', wall: 'by wall time' },
    distinct: 'distinct-2',
    distinctSays: 'share of different pairs',
  },
});

/** The player of all lanes, the dial of step budgets, and the measure over many texts. */
export const raceParts = localised({
  player: {
    label: 'Playback',
    position: 'Position in the race',
    rule: 'Play by',
    rules: { time: 'Time', pass: 'Forward passes', fraction: 'Fraction done' },
    /** How long a lane is. */
    passes: (passes: number) => plural(passes, 'pass', 'passes'),
  },
  dial: {
    title: (budgets: number) => `The same noise at ${inWords(budgets)} budgets`,
    steps: 'Steps',
    nominal: (steps: number) => plural(steps, 'step', 'steps'),
    ran: (steps: number, passes: number) =>
      `${plural(steps, 'step', 'steps')}, ${plural(passes, 'forward pass', 'forward passes')}`,
  },
  measure: {
    title: 'Over many texts',
    says: 'One text says little of a model. Here each lane writes more of them, and the judge, a model that reads from left to right, says how likely they are.',
    count: 'Texts of each lane',
    run: 'Measure',
    cancel: 'Cancel',
    first: 'Run the race first: it is the lanes that are shown that are measured.',
  },
});
