import { number } from '../../words/numbers.ts';
import { capital, inWords, plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

const are = (count: number): string => (count === 1 ? 'is' : 'are');
const place = (repo: string, revision: string | undefined, mirror: string | undefined): string =>
  `${repo}${revision === undefined ? '' : ` at ${revision}`}${mirror === undefined ? '' : `, by ${mirror}`}`;

/** The Models view. Sizes come with their units: "339.0 MB". */
export const models = localised({
  title: 'Models that are here, and models of the hub',
  lead: 'Released checkpoints come from the Hugging Face hub straight into this browser, and nothing of yours goes there.',
  listing: 'The models are being listed.',
  /** The sentence of the view: how many there are, how many of them the store keeps, how many are nowhere but in memory. */
  headline: (count: number, kept: number, size: string, inMemory: number) => {
    const parts = [
      ...(kept === 0 ? [] : [`${inWords(kept)} of them ${are(kept)} kept in this browser, ${size}`]),
      ...(inMemory === 0 ? [] : [`${inWords(inMemory)} ${are(inMemory)} in memory until the page is left`]),
    ];
    const here = `${capital(inWords(count))} ${count === 1 ? 'model is' : 'models are'} here`;
    return `${here}; ${parts.length === 0 ? 'none of them has to be kept' : parts.join(', and ')}.`;
  },
  opened: (title: string) => `${title} is open: it stands in the list above.`,
  openedStays: 'An opened model is among the others, until the page is left.',
  /** On a button. */
  openInWatch: 'Open in Watch',
  /** Where a model of a hub lies: a repository, its revision, and the host where that is a mirror. */
  place,
  /** What kind of model it is, then where it came from. */
  what: (kind: string, origin: string) => `${kind}, ${origin}`,
  kinds: {
    causal: 'autoregressive',
    teacher: 'teacher',
    student: 'student',
    /** With the steps that it is for. */
    studentOf: (steps: number) => `student, ${plural(steps, 'step', 'steps')}`,
  },
  origins: {
    bundled: 'comes with this page',
    file: 'from your files, until the page is left',
    distilled: 'made here',
    hub: 'from the hub, until the page is left',
    from: (repo: string, revision: string | undefined, mirror: string | undefined) =>
      `from ${place(repo, revision, mirror)}`,
  },
  /** How weights are kept, said of a download and of a model. */
  keeps: { f16: 'rounded to f16', file: 'as in the file' },
  /** A count of parameters, as people speak of them: in billions, in millions. */
  billions: (count: string) => `${count} billion`,
  millions: (count: string) => `${count} million`,
  /** Time that is left, as coarse as it is known. */
  left: {
    fewSeconds: 'a few seconds left',
    seconds: (seconds: number) => `about ${seconds} s left`,
    minutes: (minutes: number) => `about ${minutes} min left`,
    hours: (hours: number, minutes: number) =>
      `about ${number(hours)} h${minutes === 0 ? '' : ` ${minutes} min`} left`,
  },
  /** The models that are there, as a table. */
  here: {
    title: 'Here now',
    columns: {
      model: 'Model',
      size: 'Size',
      length: 'Longest text',
      vocabulary: 'Vocabulary',
      store: 'In the store',
    },
    store: {
      memory: 'in memory only',
      none: 'not kept',
      /** When, such as "3 min ago". */
      used: (ago: string) => `used ${ago}`,
    },
    /** What is done with a model: verbs, each on a button of its row. */
    uses: {
      watch: 'Watch',
      race: 'Race',
      distill: 'Distill',
      more: 'More',
      less: 'Less',
      /** Names the button for those who hear it alone. */
      named: (verb: string, model: string) => `${verb}: ${model}`,
      distillTaken: 'A distillation is open: its teacher stays.',
      distillTitle: 'As the teacher of a distillation',
    },
  },
  /** The particulars of one model. */
  details: {
    id: 'Name in links and on the console',
    weights: 'Weights',
    /** How they are kept, and their size. */
    kept: (keeps: string, size: string) => `${keeps}, ${size}`,
    from: 'From',
    commit: 'Commit',
    since: 'Here since',
    verify: 'Verify',
    verifying: 'Verifying …',
    reading: (size: string) => `Reading ${size} …`,
    whole: 'Every byte is as it was written.',
    inMemory: 'The store had no room for it: it is in memory, and gone when the page is left.',
    delete: 'Delete',
    deleteAsks: (size: string) => `Delete ${size}?`,
    deleteAsksMemory: (size: string) => `Delete ${size}, which nothing else keeps?`,
    deleteYes: 'Yes, delete',
  },
  /** The room that the browser gives. */
  room: {
    reading: 'The store is being read.',
    says: (used: string, given: string, free: string) =>
      `${used} of ${given} that this browser gives the page; ${free} free.`,
    promised: 'The browser promised not to clear it by itself.',
    open: 'The browser may clear it when room gets scarce.',
    deleteAll: 'Delete all that is kept',
    /** How many downloads broke off, and how many models cannot be fetched again. */
    deleteAllAsks: (size: string, partial: number, trained: number) => {
      const what = `Delete ${size} of models${partial > 0 ? ', and downloads that broke off' : ''}?`;
      if (trained === 0) return what;
      const own = trained === 1 ? 'One of them was' : `${capital(inWords(trained))} of them were`;
      return `${what} ${own} trained here, and cannot be fetched again.`;
    },
    deleteAllYes: 'Yes, delete all',
    deleteAllNo: 'Keep them',
  },
});

/** Models on their way from a hub. */
export const downloads = localised({
  title: 'Downloads',
  hint: 'They go on while other views are open, and after a reload they can be taken up.',
  cancel: 'Cancel',
  goOn: 'Go on',
  discard: 'Discard',
  discardAsks: 'Throw away what is here of it?',
  discardYes: 'Yes, discard',
  /** In the place of how much has come. */
  asking: 'asking the host',
  /** Beside how much has come. */
  taken: 'another tab is at it',
  stopped: 'stopped; what came of it is kept',
  brokeOff: (ago: string) => `broke off ${ago}`,
  whole: 'all of it is here',
  memory: 'in memory only: the store has no room for it',
  checked: 'all of it came; it is being checked',
  waiting: 'waiting for the host',
  /** How much comes in a second, and what is left. */
  pace: (size: string, left: string) => `${size}/s, ${left}`,
  /** For those who listen. */
  spoken: {
    here: (title: string) => `${title} is here.`,
    /** Why: a sentence. */
    failed: (title: string, why: string) => `${title}: ${why}`,
    failedSomehow: (title: string) => `${title}: it failed.`,
    stopped: (title: string) => `${title}: stopped.`,
    begun: (title: string) => `${title} is being fetched.`,
    percent: (title: string, percent: number) => `${title}: ${percent} %.`,
  },
});
