/** What the visitor asks of the panels beneath the sweep, as it is typed, and what the engine is asked for. */
import {
  LEAST_MAUVE_TEXTS,
  MAX_SWEEP_TEXTS,
  USUAL_ENDING,
  type BoundOptions,
  type Ending,
  type LastWordOptions,
  type MauveOptions,
} from '../../worker/evaluate/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { ownTexts, type GivenTexts } from '../components/texts.ts';
import { panels } from '../messages/evaluate/panels.ts';
import { shared } from '../messages/shared.ts';

/** Numbers stay as they are typed, so that a wrong one can be mended; an empty one is the engine's default. */
export interface LastWordForm {
  /** A LAMBADA file; undefined: the items that come with the page. */
  file: { name: string; content: Blob } | undefined;
  /** What stands behind the word; undefined: what usually does behind such items. */
  ending: Ending | undefined;
  count: string;
  draws: string;
  seed: string;
}

export interface BoundForm extends GivenTexts {
  length: string;
  draws: string;
  seed: string;
}

export interface MauveForm extends GivenTexts {
  count: string;
  /** Tokens of a text, the first included. */
  length: string;
  /** Step counts with commas or blanks between them. */
  steps: string;
  clusters: string;
  /** Id of the causal model whose hidden states are the features. */
  features: string;
  seed: string;
}

export const firstLastWord: LastWordForm = {
  ...{ file: undefined, ending: undefined, count: '', draws: '64', seed: '0' },
};
export const firstBound: BoundForm = { pasted: '', file: undefined, length: '', draws: '16', seed: '0' };
export const firstMauve: MauveForm = {
  ...{ pasted: '', file: undefined, count: '64', length: '', steps: '1, 4, 16' },
  ...{ clusters: '', features: 'causal', seed: '0' },
};

/** One sentence for each field that cannot be taken as it is. */
export type Errors<Form> = Partial<Record<keyof Form | 'texts' | 'models', string>>;

/** What to ask the engine for, or why it cannot be asked. */
export type Asked<Options, Form> = { options: Options } | { errors: Errors<Form> };

const { errors } = panels;

const WHOLE = /^\d+$/;
const LARGEST_SEED = 2 ** 32 - 1;
/** Steps of a text, and step counts of a measure. */
const [MOST_STEPS, MOST_COUNTS] = [1024, 16];

/** What a field should hold, where it does not. */
export function rangeError(text: string, least: number, most: number): string | undefined {
  const value = Number(text.trim());
  const fits = WHOLE.test(text.trim()) && value >= least && value <= most;
  return fits ? undefined : shared.whole(least, most);
}

/** The longest text that all chosen models take, in tokens. */
const longestOf = (chosen: readonly string[], known: readonly ModelInfo[]): number =>
  Math.min(1024, ...known.filter(({ id }) => chosen.includes(id)).map(({ length }) => length));

/** Reads the fields of a form one by one, and keeps what is wrong with them. */
class Reading<Form> {
  readonly errors: Errors<Form> = {};

  constructor(models: readonly string[]) {
    if (models.length === 0) this.errors.models = errors.models;
  }

  /** A whole number under its option's name; nothing where it is left to the engine. */
  whole<K extends keyof Form & string>(
    form: Form,
    name: K,
    least: number,
    most: number,
  ): Partial<Record<K, number>> {
    const text = String(form[name]).trim();
    if (text === '') return {};
    const error = rangeError(text, least, most);
    if (error !== undefined) this.errors[name] = error;
    return { [name]: Number(text) } as Partial<Record<K, number>>;
  }

  /** @param least of them; fewer say nothing */
  texts(given: GivenTexts, least: number): string[] {
    const texts = ownTexts(given);
    if (texts.length === 0) {
      this.errors.texts = shared.texts.none;
    } else if (texts.length < least) {
      this.errors.texts = errors.fewTexts(least);
    }
    return texts;
  }

  asked<Options>(options: Options): Asked<Options, Form> {
    return Object.keys(this.errors).length > 0 ? { errors: this.errors } : { options };
  }
}

/** What stands behind the word as things are. */
export const endingOf = ({ ending, file }: Pick<LastWordForm, 'ending' | 'file'>): Ending =>
  ending ?? USUAL_ENDING[file ? 'given' : 'bundled'];

export function lastWordOptions(
  form: LastWordForm,
  models: readonly string[],
): Asked<LastWordOptions, LastWordForm> {
  const read = new Reading<LastWordForm>(models);
  return read.asked({
    models: [...models],
    ...(form.file ? { items: form.file.content, file: form.file.name } : {}),
    ...(form.ending === undefined ? {} : { ending: form.ending }),
    ...read.whole(form, 'count', 1, 1_000_000),
    ...read.whole(form, 'draws', 1, 1024),
    ...read.whole(form, 'seed', 0, LARGEST_SEED),
  });
}

/** @param known models, whose lengths are checked against */
export function boundOptions(
  form: BoundForm,
  models: readonly string[],
  known: readonly ModelInfo[],
): Asked<BoundOptions, BoundForm> {
  const read = new Reading<BoundForm>(models);
  return read.asked({
    models: [...models],
    texts: read.texts(form, 1),
    ...read.whole(form, 'length', 2, longestOf(models, known)),
    // One of them would leave nothing to tell its chance by.
    ...read.whole(form, 'draws', 2, 1024),
    ...read.whole(form, 'seed', 0, LARGEST_SEED),
  });
}

/** @param known models, whose lengths are checked against */
export function mauveOptions(
  form: MauveForm,
  models: readonly string[],
  known: readonly ModelInfo[],
): Asked<MauveOptions, MauveForm> {
  const read = new Reading<MauveForm>(models);
  const typed = form.steps.split(/[\s,;]+/).filter((part) => part !== '');
  const steps = [...new Set(typed.map(Number))].sort((a, b) => a - b);
  const wrong = typed.find((part) => rangeError(part, 1, MOST_STEPS) !== undefined);
  if (steps.length === 0) read.errors.steps = errors.noSteps;
  else if (wrong !== undefined) read.errors.steps = errors.steps(wrong, MOST_STEPS);
  else if (steps.length > MOST_COUNTS) read.errors.steps = errors.manySteps(MOST_COUNTS);
  const reference = read.texts(form, LEAST_MAUVE_TEXTS);
  const { count } = read.whole(form, 'count', LEAST_MAUVE_TEXTS, MAX_SWEEP_TEXTS);
  // No more than there are texts on either side.
  const most = Math.max(2, Math.min(500, reference.length, count ?? 500));
  return read.asked({
    ...{ models: [...models], steps, reference },
    ...(form.features === '' ? {} : { features: form.features }),
    ...(count === undefined ? {} : { count }),
    ...read.whole(form, 'length', 2, longestOf(models, known)),
    ...read.whole(form, 'clusters', 2, most),
    ...read.whole(form, 'seed', 0, LARGEST_SEED),
  });
}
