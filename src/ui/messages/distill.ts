import { number } from '../../words/numbers.ts';
import { andList, inWords, plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

const updatesOf = (count: number): string => plural(count, 'update', 'updates');

/** Steps as they are written, "16" or "10.7": "in 16 steps", "in one step". */
const inSteps = (steps: string): string => (steps === '1' ? 'in one step' : `in ${steps} steps`);

/** What the Distill view says of a distillation as it goes. */
export const distill = localised({
  title: 'Distill a student that needs fewer steps',
  /** Behind "Fetching the". */
  teacher: 'teacher',
  cancel: 'Cancel',
  /** Which round it is; steps as they are written. */
  headline: {
    none: 'Make a student of your own: fewer steps, one round at a time.',
    writing: (done: number, texts: number) =>
      `The teacher writes texts: ${number(done)} of ${number(texts)}.`,
    round: (round: number, student: string, teacher: string) =>
      `Round ${round}: learning to do ${inSteps(student)} what the teacher does in ${teacher}.`,
    done: (student: string, teacher: string) =>
      `Done: the student was made to write ${inSteps(student)} what the teacher writes in ${teacher}.`,
  },
  /** What an update does; from the second round on the teacher is the student of the round before. */
  explanation: {
    first: (subSteps: number) =>
      `The teacher takes ${inWords(subSteps)} small steps. Each masked slot keeps what was thought of it when it was unmasked. The student learns to say it all in one step.`,
    later: (subSteps: number, before: number) =>
      `The teacher, once the student of round ${before}, takes ${inWords(subSteps)} small steps. Each masked slot keeps what was thought of it when it was unmasked. The student learns to say it all in one step.`,
  },
  /** "12 of 12 updates of this round, 36 in all." */
  done: (inRound: number, ofRound: number, all: number) =>
    `${number(inRound)} of ${updatesOf(ofRound)} of this round, ${number(all)} in all.`,
  ago: {
    now: 'just now',
    seconds: (count: number) => `${count} s ago`,
    minutes: (count: number) => `${count} min ago`,
    hours: (count: number) => `${count} h ago`,
    days: (count: number) => `${plural(count, 'day', 'days')} ago`,
  },
  /** When it was saved, by one of the words above, or why it is not. */
  saved: {
    no: (why: string) => `not saved: ${why}`,
    notYet: 'not saved yet',
    ago: (ago: string) => `saved ${ago}`,
  },
  /** What stops a run, and what can be done then. */
  resumeSaved: 'Resume from the last save',
  lost: 'The GPU was lost: going on from the last save.',
  /** Title of a tab that nobody sees; and what is told when it is seen again. */
  hiddenTitle: 'Distilling on, slowly · Unmask',
  whileHidden: (updates: number) =>
    `While this tab was hidden it went on, slower than in sight: ${updates === 1 ? 'one update was' : `${number(updates)} updates were`} done.`,
  /** Start and pause, and how it is given up. */
  transport: {
    label: 'Running the distillation',
    start: 'Start',
    pause: 'Pause',
    pausing: 'Pausing …',
    phase: 'One phase',
    update: 'One update',
    round: 'To the end of the round',
    slow: 'Slow motion',
    wait: 'Wait after each phase',
    seconds: (seconds: number) => `${seconds} s`,
    discard: 'Discard',
    discardLabel: 'Discard this distillation',
    asks: 'Discard all of it?',
    asksRunning: 'Stop it and discard all of it?',
    yes: 'Yes, discard',
    /** How fast it goes. Where an update takes longer than a second, by what one takes. */
    perUpdate: 's per update',
    updates: 'updates/s',
    tokens: 'tokens/s',
    left: 'left in this round',
    /** When it was saved, as above; and why times are no measure. */
    savedSlow: (saved: string) => `${saved}; updates in slow motion are not timed`,
    savedCpu: (saved: string) => `${saved}; on a CPU: times say nothing about GPUs`,
  },
  /** Runs that wait in this browser: by teacher, how far it is, and when it was saved. */
  savedRuns: {
    title: 'Saved in this browser',
    finished: (teacher: string, rounds: number, updates: number) =>
      `${teacher}: finished, ${plural(rounds, 'round', 'rounds')}, ${updatesOf(updates)}`,
    open: (teacher: string, round: number, rounds: number, updates: number) =>
      `${teacher}: round ${number(round)} of ${number(rounds)}, ${updatesOf(updates)}`,
    when: (ago: string, size: string) => `saved ${ago}, ${size}`,
    whenBusy: (ago: string, size: string) => `saved ${ago}, ${size}; another tab is at work on it`,
    look: 'Look at it',
    resume: 'Resume',
    delete: 'Delete',
    asks: 'Delete it?',
    yes: 'Yes, delete',
  },
});

/** The phases of one update, from left to right. */
export const distillPhases = localised({
  title: 'Phases of an update',
  titleOf: (update: number, all: number) => `Phases of update ${number(update)} of ${number(all)}`,
  titleEarlier: (update: number, all: number) =>
    `Phases of update ${number(update)} of ${number(all)}, an earlier one`,
  /** Behind the name of a phase, read out. */
  states: { waiting: 'to come', done: 'done', on: 'now' },
  names: {
    onlyStep: 'Teacher, 1 step',
    /** Steps of the teacher by their order. */
    firstSteps: [
      ...['Teacher, first step', 'Teacher, second step', 'Teacher, third step', 'Teacher, fourth step'],
      ...['Teacher, fifth step', 'Teacher, sixth step', 'Teacher, seventh step', 'Teacher, eighth step'],
    ],
    step: (step: number) => `Teacher, ${inWords(step)}th step`,
    targets: 'Targets collected',
    student: 'Student, one pass',
    update: 'Update',
  },
  /** What each does, before it is there. */
  resting: {
    teacher: 'unmasks a few slots',
    targets: 'each masked slot keeps what the teacher thought',
    student: 'says all of it in one pass',
    update: 'moves the weights a little',
  },
  /** What a step of the teacher did: how many slots, and the times between which it went. */
  teacher: {
    unmasks: (slots: number, from: string, to: string) =>
      `${slots === 0 ? 'nothing unmasks' : plural(slots, 'slot unmasks', 'slots unmask')}, t ${from} to ${to}`,
    timeOut: (slots: number) =>
      `${slots === 0 ? 'nothing unmasks' : plural(slots, 'slot unmasks', 'slots unmask')}, time has run out`,
    /** The same in little room. */
    short: (slots: number) => (slots === 0 ? 'none' : plural(slots, 'unmasks', 'unmask')),
  },
  /** Where targets come from: slots by the step that unmasked them; and of those that are masked still. */
  targets: {
    each: (counts: readonly number[]) =>
      counts.map((count, i) => `${count} from sub-step ${i + 1}`).join(', '),
    all: (counts: readonly number[]) => `${andList(counts.map(String))} from sub-steps 1 to ${counts.length}`,
    /** @param from one of the above */
    still: (from: string, masked: number, last: number) =>
      `${from}, ${masked} masked still: target from sub-step ${last}`,
  },
  /** How far the student is off, by one of the words and units of losses. */
  student: (word: string, loss: string, unit: string) => `${word} ${loss} ${unit}`,
  update: (norm: string) => `AdamW, gradient norm ${norm}`,
  updateClipped: (norm: string, clip: string) => `AdamW, gradient norm ${norm}, cut to ${clip}`,
  /** A phase and what it did, read out. */
  says: (name: string, did: string) => `${name}: ${did}.`,
  /** Steps of the teacher that share one card; below it what was said of the last, or of each. */
  rail: {
    title: (steps: number) => `Teacher, ${inWords(steps)} steps`,
    last: (step: string, did: string) => `Step ${step}: ${did}.`,
    each: (does: string) => `Each ${does}.`,
  },
});
