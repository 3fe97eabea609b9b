import { number } from '../../words/numbers.ts';
import { plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

const loss = (name: string): string =>
  `Seven rounds from the small teacher of 1M updates, each trained on ${name}.`;
const size = (name: string): string =>
  `Seven rounds from the ${name} teacher of 400k updates, to compare sizes on equal terms.`;
const teacherOf = (name: string): string =>
  `Trained on clean texts for 400k updates; the ${name} students of the study of sizes come from it.`;

/** Released checkpoints of a hub, and any other: which one. */
export const picker = localised({
  title: 'Released checkpoints',
  kinds: {
    label: 'Kind of checkpoint',
    rounds: {
      label: 'Rounds',
      says: 'Each round of SDTT halves the steps: the student of a round is the teacher of the next. These are the small model, and differ by the loss that student and teacher were compared by.',
    },
    sizes: {
      label: 'Sizes',
      says: 'The same seven rounds at three sizes. A step of a larger model takes more time and more memory.',
    },
    teachers: {
      label: 'Teachers',
      says: 'Masked-diffusion models before any distillation. They need many steps, and can be distilled here.',
    },
    mdlm: { label: 'MDLM', says: 'The masked-diffusion models of the MDLM paper, by its authors.' },
    other: {
      label: 'Any other',
      says: 'A repository of the hub with config.json and model.safetensors in the layout of SDTT or MDLM.',
    },
  },
  loss: 'Loss',
  losses: { kld: 'KL divergence', mse: 'squared error', tvd: 'total variation' },
  parameters: 'Parameters',
  /** What a group of the released list is, by its name there. */
  groups: {
    'baselines-kld': loss('the KL divergence'),
    'baselines-mse': loss('the squared error'),
    'baselines-tvd': loss('total variation'),
    'scaling-sm': size('small'),
    'scaling-md': size('medium'),
    'scaling-large': size('large'),
  },
  /** What a checkpoint is that is no student, by its revision or, where that is none of its own, its repository. */
  checkpoints: {
    teacher_1M_sm: 'Trained on clean texts for 1M updates; the small students by loss come from it.',
    teacher_400k_sm_step_400000: teacherOf('small'),
    teacher_400k_md_step_400000: teacherOf('medium'),
    teacher_400k_large_step_400000: teacherOf('large'),
    'kuleshov-group/mdlm-owt': 'As its authors trained it for 1M updates.',
    'kuleshov-group/mdlm-no_flashattn-fp32-owt':
      'The same model, published for code without flash attention, in f32.',
  },
  rail: {
    label: 'Round, and the steps that its student stands for',
    /** A stop, in three lines; what stands in <quiet> is only read out, where the checkpoint is here. */
    stop: (round: number, steps: number) =>
      `<line>round ${round}</line><count>${number(steps)}</count><line>steps</line>`,
    stopHere: (round: number, steps: number) =>
      `<line>round ${round}</line><count>${number(steps)}</count><line>steps</line><quiet>, here</quiet>`,
    teacher: (steps: number) => `<line>teacher</line><count>${number(steps)}</count><line>steps</line>`,
    withBar: 'Those with a bar are here.',
  },
  /** Its size, such as "169M", where the checkpoint is here. */
  sizeHere: (parameters: string) => `${parameters}, here`,
  repository: 'Repository',
  repositoryHint: 'owner/name, or the address of its page.',
  revision: 'Revision',
  revisionHint: 'Branch, tag or commit; main where it is left empty.',
  look: 'See what it takes',
  /** Names what is folded away. */
  from: (host: string) => `From ${host}, straight to this browser`,
  fromNowhere: 'From a mirror that cannot be asked',
  mirror: 'A mirror of the hub',
  mirrorHint: 'Address of a host that answers as huggingface.co does; for all that is chosen from now on.',
});

/** What a checkpoint would take here. Sizes come with their units: "339.0 MB". */
export const preflight = localised({
  title: 'What it would take',
  choose: 'Choose a checkpoint: what it takes here is known before its weights are fetched.',
  asking: 'Asking the hub what it takes …',
  nothingToFetch: 'It is here: nothing has to be fetched.',
  cannotRun: 'It cannot run here.',
  /** A size, and beneath it what it says. */
  facts: {
    fetch: 'To fetch',
    haveAlready: (size: string) => `${size} are here already`,
    store: 'In the store',
    inFile: 'as in the file',
    /** As it is chosen, and what the other way would take. */
    storeF16: (file: string) => `as f16; ${file} as in the file`,
    storeFile: (f16: string) => `as in the file; ${f16} as f16`,
    gpu: 'On the GPU',
    gpuF16: (f32: string) => `as f16; ${f32} as f32`,
    gpuF32: (f16: string) => `as f32; ${f16} as f16`,
    free: 'Free here',
    freeOf: 'of what the browser gives',
    /** The two lines where the browser does not say. */
    freeNot: 'not told',
    freeNotBy: 'by this browser',
  },
  limits: {
    title: (adapter: string) => `What it needs of <adapter>${adapter}</adapter>`,
    titleAny: 'What it needs of a GPU',
    limit: 'limit',
    f16: 'as f16',
    f32: 'as f32',
    here: 'here',
    /** What is needed, and whether it is given: by a mark, and read out. */
    fits: (value: string) => `${value}<mark> ✓</mark><quiet>, fits</quiet>`,
    tooMuch: (value: string) => `${value}<mark> ✗</mark><quiet>, too much</quiet>`,
    /** Limits of WebGPU that have a name besides. */
    names: {
      maxBufferSize: 'Largest buffer',
      maxStorageBufferBindingSize: 'Largest part of a buffer in use at once',
    },
  },
  /** How much has come. */
  running: (amount: string) => `Being fetched: ${amount}.`,
  here: 'It is here.',
  inMemory: 'In memory only: the store has no room for it.',
  keep: {
    label: 'Keep the weights',
    f16: (size: string) => `as f16, ${size}`,
    file: (size: string) => `as in the file, ${size}`,
  },
  taken: 'Another tab is fetching it.',
  /** On the button. */
  fetch: (size: string) => `Fetch ${size}`,
  goOn: (size: string) => `Go on: ${size} to fetch`,
  willBeInMemory: 'There is no room in the store: it stays in memory, and is gone when the page is left.',
  /** The network; the count of parameters is such as "170 million". */
  shape: (
    parameters: string,
    blocks: number,
    hidden: number,
    heads: number,
    vocabulary: number,
    length: number,
  ) =>
    `${parameters} parameters: ${plural(blocks, 'block', 'blocks')} of ${number(hidden)}, ` +
    `${plural(heads, 'head', 'heads')}, ${number(vocabulary)} tokens, texts of up to ${number(length)}.`,
  /** A button with the name of the teacher. */
  teacher: (title: string) => `Its teacher before the first round: <teacher>${title}</teacher>`,
});
