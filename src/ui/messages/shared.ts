import { number } from '../../words/numbers.ts';
import { plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

const stays = (texts: number): string => `${texts === 1 ? 'It stays' : 'They stay'} on this machine.`;

/** Words of the parts that several views have. */
export const shared = localised({
  tryAgain: 'Try again',
  close: 'Close',
  /** In the place of a figure, read out. */
  notKnown: 'not known yet',
  /** Of a field for a number. */
  whole: (least: number, most: number) => `Give a whole number from ${least} to ${number(most)}.`,
  unreadable: (file: string) => `${file} cannot be read: choose it again.`,
  /** Around a message of the browser. */
  broken: (why: string) => `Something went wrong in this page (${why}): reload it.`,
  /** In front of a notice, in a circle: of a failure, and of what is worth knowing. */
  marks: { error: '!', warning: 'i' },
  confirm: {
    /** The answer that does nothing. */
    no: 'Keep it',
  },
  copy: {
    done: 'Copied',
    refused: 'The browser did not let this page copy: take it from here.',
    /** Names the field with what would have been copied, by what stands on the button. */
    field: (button: string) => `${button}: the text`,
  },
  player: {
    play: 'Play',
    pause: 'Pause',
    first: 'To the start',
    last: 'To the end',
    /** By what one goes through: steps of a run, moments of a race. */
    back: { step: 'One step back', moment: 'One moment back' },
    forward: { step: 'One step forward', moment: 'One moment forward' },
    speed: 'Speed',
    times: (speed: number) => `${speed}×`,
    newSeed: 'New seed',
    /** The keys are called what is printed on them. */
    keys: '<key>Space</key> plays, <key>←</key> <key>→</key> step, <key>Home</key> <key>End</key>',
  },
  prompt: {
    label: 'Prompt',
    /** In the empty field; then who begins, such as "the model begins". */
    none: (begins: string) => `none: ${begins}`,
  },
  seed: {
    label: 'Seed',
    roll: 'Roll another seed and run',
    rollTitle: 'Another seed',
  },
  saved: {
    file: (name: string, bytes: number) => `${name}, ${number(bytes / 1000, 1)} kB.`,
  },
  texts: {
    label: 'Texts, with an empty line between two of them',
    choose: 'Choose .txt or .jsonl',
    none: 'There is no text yet: paste some, or choose a .txt or .jsonl file.',
    leaveOut: (file: string) => `Leave ${file} out`,
    /** Behind what is wrong with another file. */
    fileStays: (file: string) => `${file} stays.`,
    /** How many texts there are: all pasted, some of a file, all of it. */
    pasted: (count: number) => `${plural(count, 'text', 'texts')}. ${stays(count)}`,
    someOfFile: (count: number, own: number, file: string) =>
      `${plural(count, 'text', 'texts')}, ${number(own)} of them from ${file}. ${stays(count)}`,
    ofFile: (count: number, file: string) =>
      `${plural(count, 'text', 'texts')} from ${file}. ${stays(count)}`,
    /** What stands for the names of several files. */
    files: (count: number) => `${count} files`,
    notText: (file: string) => `${file} is neither .txt nor .jsonl: choose a file of plain text.`,
    tooLarge: (file: string, megabytes: number) =>
      `${file} has ${megabytes} MB: choose one of at most 50 MB.`,
  },
  legend: 'Legend',
  /** Sentences of what the opening of a model is at. */
  opening: {
    begins: (model: string) => `Opening the ${model}.`,
    fetch: (model: string) => `Fetching the ${model}.`,
    verify: (model: string) => `Checking that the ${model} came whole.`,
    upload: (model: string) => `Moving the ${model} to the GPU.`,
    compile: () => 'Compiling the kernels for this GPU.',
    onCpu: (model: string) => `Opening the ${model} on the CPU.`,
  },
  /** Bars of the same, each with what will have been done at its end. */
  stages: {
    label: 'Opening the model',
    fetch: 'fetched',
    verify: 'checked',
    upload: 'to the GPU',
    onCpu: 'opened on the CPU',
    compile: 'compiled',
  },
  /** The same with how much, such as "41.2 of 339.2 MB". What stands in <unit> is left out where there is little room. */
  stagesWith: {
    fetch: (amount: string) => `fetched ${amount}`,
    verify: (amount: string) => `checked ${amount}`,
    upload: (amount: string) => `to the GPU ${amount}`,
    onCpu: (amount: string) => `opened on the CPU ${amount}`,
    compile: (amount: string) => `compiled ${amount}<unit> of WGSL</unit>`,
  },
});
