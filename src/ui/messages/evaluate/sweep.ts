import { number } from '../../../words/numbers.ts';
import { capital, plural } from '../../../words/english.ts';
import { localised } from '../../../words/localised.ts';
import { inSteps, spoken } from './terms.ts';

/** In how many steps, behind other words; '' where it is not known. */
const how = (count: number | undefined): string => (count === undefined ? '' : ` ${inSteps(count)}`);

/** A model at the beginning of a sentence, by its title. */
const who = (model: string | undefined): string => (model === undefined ? 'A model' : capital(spoken(model)));

const done = (count: number, total: number): string => `${number(count)} of ${number(total)} texts are done`;

/** The Evaluate view: what is asked for, how it goes, and what is kept of it. */
export const sweep = localised({
  title: 'Evaluate: is it better, measured?',
  /** Beneath the headline, before anything was measured. */
  lead: 'Models write many texts at several numbers of steps; a judge says how likely they are, and their entropy whether they repeat themselves. Every number comes with its uncertainty.',
  save: {
    title: 'Save this evaluation',
    png: 'Picture (PNG)',
    svg: 'Picture (SVG)',
    csv: 'Table (CSV)',
    json: 'Everything (JSON)',
    nothing: 'It can be saved when it is measured to its end.',
  },
  /** Texts and scores in the browser, with how much room they take, such as "1.2 MB". */
  kept: {
    nothing: 'Nothing is kept in this browser yet: texts and scores will be, so that nothing is done twice.',
    some: (entries: number, size: string) =>
      `Kept in this browser, so that nothing is done twice: texts and scores, ${plural(entries, 'entry', 'entries')}, ${size}.`,
    withJudges: (entries: number, size: string) =>
      `Kept in this browser, so that nothing is done twice: texts and scores, files of judges, ${plural(entries, 'entry', 'entries')}, ${size}.`,
    forget: 'Forget them',
    asks: 'Forget all texts and scores?',
    /** The size is that of the files of judges. */
    asksWithJudges: (size: string) => `Forget all texts and scores, and the files of judges (${size})?`,
    yes: 'Yes, forget',
    no: 'Keep them',
  },
  setup: {
    title: 'Quality against steps',
    measure: 'Measure',
    goOn: 'Go on',
    starting: 'The engine is starting.',
    /** What was not done when the page was left; the texts of a point are as they were typed. */
    last: {
      goOn: 'Go on with the last evaluation',
      says: (models: readonly string[], at: readonly string[], texts: string) =>
        `It was not done when the page was left: ${models.join(', ')}; steps ${at.join(', ')}; ${texts} texts of each point. What was written and judged by then is kept, and is not done again.`,
    },
    /** What it will take: points are models at numbers of steps, passes are forward passes. */
    plan: (points: number, each: number, texts: number, passes: number) =>
      `${plural(points, 'point', 'points')} of ${plural(each, 'text', 'texts')}: ${number(texts)} texts in about ${number(passes)} forward passes of one text, and the judge reads each text once.`,
  },
  /** Evaluations that are ready: each asks a question. */
  presets: {
    label: 'Evaluations that are ready',
    pair: {
      label: 'Teacher against student',
      says: 'Does the student write in few steps what its teacher needs many for?',
    },
    rounds: { label: 'The rounds of one student', says: 'What did each round of distillation buy?' },
    /** Three losses of a distillation, by the names that the models carry. */
    losses: {
      label: 'kld against mse against tvd',
      says: 'Which divergence makes the better student?',
    },
    /** Three sizes, by the names that the models carry. */
    sizes: { label: 'sm, md, large', says: 'Does a larger student need fewer steps?' },
    none: 'None of its models is here: <models>fetch them in Models</models>',
    some: (here: number, missing: number) =>
      `${number(here)} here, ${number(missing)} not: <models>fetch them in Models</models>`,
    which: 'Which',
    /** Titles of those that are not here; they have commas in them. */
    missing: (titles: readonly string[]) => `${titles.join('; ')}.`,
  },
  /** Over the models, by where they are from. */
  origins: {
    bundled: 'Come with the page',
    distilled: 'Distilled here',
    hub: 'Of the hub',
    file: 'From files',
  },
  fields: {
    steps: 'Steps',
    otherSteps: 'Other numbers of steps',
    otherStepsHint: 'Such as 3, 12.',
    count: 'Texts of each point',
    countHint: 'Four times as many halve the intervals; of fewer than 8 there are none.',
    slots: 'Length, in slots',
    longest: (slots: number) => `Up to ${number(slots)} for these models.`,
    /** Behind "none: ", in the empty field of the prompt. */
    begins: 'models begin',
    more: 'More: sampler, temperature, top-p, seed',
    sampler: 'Sampler',
    samplers: { ancestral: 'Ancestral', confidence: 'Confidence' },
    temperature: 'Temperature',
    topP: 'Top-p',
  },
  judge: {
    label: 'Judge',
    bundled: (title: string) => `${title} (bundled)`,
    hub: 'A GPT-2 of the hub …',
    nobody: 'Nobody',
    bundledHint: 'It judges models of its own vocabulary; of others there is no perplexity.',
    nobodyHint: 'There is no perplexity then.',
    model: 'Model of the hub',
    /** Judges that are proposed, with how many parameters they have. */
    suggested: {
      distilled: 'DistilGPT2, 82 million parameters',
      small: 'GPT-2, 124 million',
      medium: 'GPT-2 medium, 355 million',
    },
    other: 'Any other GPT-2 as ONNX',
    repository: 'Repository of the judge',
    repositoryHint:
      'owner/name, or the address of its page; of model_type gpt2, with .onnx files and a tokenizer.json.',
    look: 'See what it takes',
    looking: 'Asking the hub …',
    retokenised:
      'Where a model’s tokens are not the judge’s, its texts are read again in those of the judge. Only what the model wrote counts.',
    file: 'File',
    fileOf: (path: string, precision: string, size: string) => `${path}, ${precision}, ${size}`,
    fileHere: 'It is here.',
    /** The size is what is left to fetch. */
    fileHint: (size: string) =>
      `${size} to fetch when the evaluation begins, and kept for the next time. Quantised files (8-bit, 4-bit) are smaller, and other judges: do not compare across them.`,
  },
  errors: {
    models: 'Choose a model.',
    mostModels: (most: number) => `Choose ${most} models at most.`,
    noSteps: 'Choose a number of steps.',
    mostSteps: (most: number) => `Choose ${most} numbers of steps at most.`,
    /** Of a list that is typed. */
    steps: (most: number) => `Give whole numbers from 1 to ${number(most)}, with commas.`,
    judge: 'Give owner/name, such as Xenova/distilgpt2, or the address of its page.',
  },
  status: {
    /** Of the card, and of the bar in it. */
    label: 'How far it is',
    bar: 'evaluation',
    /** Behind another sentence: how long it will take, such as "about 20 s left". */
    left: (time: string) => `${time}.`,
    asked: 'The engine is asked.',
    load: (model: string | undefined) => `${who(model)} is opened.`,
    hub: 'The hub is asked for the judge.',
    /** The amount is such as "12.0 of 80.0 MB". */
    judgeLoad: (amount: string) => `The judge is loaded: ${amount}.`,
    /** A model by its title, and its steps, as far as they are known; 0 steps where it writes a token a pass. */
    write: (model: string | undefined, count: number | undefined, texts: number, total: number) =>
      `${who(model)} writes${how(count)}: ${done(texts, total)}.`,
    judge: (model: string | undefined, count: number | undefined, texts: number, total: number) =>
      `The judge reads what ${model === undefined ? 'was written' : `${spoken(model)} wrote`}${how(count)}: ${done(texts, total)}.`,
    read: (model: string | undefined, texts: number, total: number) =>
      `${who(model)}: ${number(texts)} of ${number(total)}.`,
    done: 'Everything is measured.',
    stopped: 'Stopped. What is written and judged is kept: press “Go on” and nothing of it is done again.',
    stoppedEarly: 'Stopped before anything was written.',
    failed: 'What was written and judged before is kept.',
    failedEarly: 'Nothing was written.',
  },
});
