/**
 * The fields of a trace file: what each may hold, for the reader and for the JSON schema alike. What relates them to each
 * other is in file.ts.
 */
import { traceWords } from './messages.ts';
import {
  byNumber,
  described,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  pattern,
  positive,
  text,
  whole,
} from './shape.ts';
import type { DiffusionSampler, Trace, TraceStep } from './trace.ts';

/** What a run is asked for. */
export interface TraceSettings {
  model: string;
  sampler: DiffusionSampler;
  /** Nominal steps, 1..1024; first-hitting has none and does not read it. */
  steps: number;
  seed: number;
  temperature: number;
  topP: number;
  /** Slots of the canvas. The token that begins a text is given besides, and has no slot. */
  slots: number;
  /** Texts to write. */
  count: number;
  prompt: string;
  /** Whether the token that begins a text is given. */
  bos: boolean;
  /** Token id by slot of the canvas: what the visitor pinned. */
  pins: Readonly<Record<number, number>>;
}

/** What a run cost. */
export interface TraceCost {
  forwardPasses: number;
  dispatches: number;
  submits: number;
  /** Wall time, ms. */
  milliseconds: number;
  /** Time of the GPU by its own clock, ms. */
  gpuMilliseconds?: number;
  backend: string;
  weights: 'f16' | 'f32';
}

/** A file of version 1, as it was written: old copies have the first fields only. */
export interface WrittenTrace {
  version: 1;
  origin: 'live' | 'recorded';
  /** When it was saved, ISO 8601 in UTC. */
  saved?: string;
  /** The machine that wrote the run. */
  made?: { backend: string; adapter: string; software: boolean };
  /** What its page called the model, and bytes of its weights, to tell models of one id apart. */
  model?: { title: string; bytes: number };
  settings?: TraceSettings;
  /** Tokens at the start of a text that have no slot. */
  beginnings?: 0 | 1;
  /** Ids of the tokens that begin and end a text. */
  bos?: number;
  eos?: number;
  /** Hash of the tokens of all texts, as links have it: tells a file that was damaged or changed. */
  text?: string;
  traces: (Trace & { from?: number })[];
  cost?: TraceCost;
  /** Text of each token that occurs, by id; absent where the model has no tokenizer. */
  pieces?: Readonly<Record<number, string>>;
}

/** A run with all that it takes to play it. */
export type TraceFile = WrittenTrace & Required<Pick<WrittenTrace, 'settings' | 'beginnings'>>;

const MAX_TEXTS = 16;
const MAX_SLOTS = 1024;
/** With the token that begins a text. */
export const MAX_LENGTH = MAX_SLOTS + 1;
const MAX_STEPS = 1024;
/** Token ids are 32-bit words, and the last id of a vocabulary is the mask. */
export const LARGEST_ID = 2 ** 32 - 1;
const MOST = Number.MAX_SAFE_INTEGER;

const id = whole(0, LARGEST_ID);
const name = text(200);
const seed = whole(0, 2 ** 32 - 1);
const temperature = number(0.1, 2);
const topP = number(0.05, 1);
const sampler = oneOf('ancestral', 'first-hitting', 'confidence');

const step = object<TraceStep>({
  step: described(
    'Nominal step, rising; steps + 1 is the final pass. First-hitting: the number of the pass.',
    whole(1, MAX_LENGTH),
  ),
  t: described('Time before the step.', positive(1)),
  positions: described('0-based positions that left the mask.', list(whole(0, MAX_SLOTS), 1, MAX_LENGTH)),
  tokens: described('The token that each of them took; never the mask.', list(id, 1, MAX_LENGTH)),
  probabilities: described('The chance with which it was drawn.', list(number(0, 1), 1, MAX_LENGTH)),
  entropies: described(
    'Entropy of the law that it was drawn from, nats.',
    list(number(0, 100), 1, MAX_LENGTH),
  ),
});

const trace = object<Trace & { from?: number }>({
  version: oneOf(1),
  model: described('Id of the model.', name),
  sampler: sampler,
  steps: described('Nominal steps; 0 for first-hitting.', whole(0, MAX_STEPS)),
  forwardPasses: described(
    'Evaluations of the network that this text needs; more than are recorded where the run was stopped.',
    whole(0, MAX_LENGTH),
  ),
  seed,
  sample: described('Index of the text among those of its seed.', whole(0, LARGEST_ID)),
  ...{ temperature, topP },
  maskId: described('Id of the mask, the largest of the vocabulary.', whole(1, LARGEST_ID)),
  initial: described(
    'Tokens before the first step; the mask where nothing is written.',
    list(id, 1, MAX_LENGTH),
  ),
  trace: described('The steps in which tokens came.', list(step, 0, MAX_LENGTH)),
  from: optional(
    described('The step after which the run began, where that was in the middle.', whole(0, MAX_LENGTH)),
  ),
});

const settings = object<TraceSettings>({
  ...{ model: name, sampler, steps: whole(1, MAX_STEPS), seed, temperature, topP },
  slots: described('Positions without the token that begins a text, which has no slot.', whole(1, MAX_SLOTS)),
  count: described('Texts.', whole(1, MAX_TEXTS)),
  prompt: text(4000),
  bos: described('Whether the token that begins a text was given.', flag),
  pins: described('Token by 0-based slot.', byNumber(id, MAX_SLOTS)),
});

const cost = object<TraceCost>({
  forwardPasses: whole(0, MOST),
  dispatches: whole(0, MOST),
  submits: whole(0, MOST),
  milliseconds: described('Wall time.', number(0, MOST)),
  gpuMilliseconds: optional(described('Time of the GPU by its own clock.', number(0, MOST))),
  backend: name,
  weights: oneOf('f16', 'f32'),
});

export const traceShape = object<WrittenTrace>({
  version: oneOf(1),
  origin: described(
    'Whether the run was written when it was saved, or had been recorded before.',
    oneOf('live', 'recorded'),
  ),
  saved: optional(
    described(
      'When the file was saved, ISO 8601 in UTC.',
      pattern(
        /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/,
        traceWords.due.time,
      ),
    ),
  ),
  made: optional(
    described(
      'The machine that wrote the run.',
      object<NonNullable<WrittenTrace['made']>>({ backend: name, adapter: name, software: flag }),
    ),
  ),
  model: optional(
    described(
      'What the model was called, and bytes of its weights.',
      object<NonNullable<WrittenTrace['model']>>({ title: name, bytes: whole(0, MOST) }),
    ),
  ),
  settings: optional(described('What the run was asked for.', settings)),
  beginnings: optional(described('Positions at the start that have no slot.', oneOf(0, 1))),
  bos: optional(described('Id of the token that begins a text.', id)),
  eos: optional(described('Id of the token that ends a text.', id)),
  text: optional(
    described('Hash of all tokens, see docs/links.md.', pattern(/^[0-9a-f]{8}$/, traceWords.due.hash)),
  ),
  traces: list(trace, 1, MAX_TEXTS),
  cost: optional(described('What the run cost, over all texts.', cost)),
  pieces: optional(
    described('Text of each token that occurs, by id.', byNumber(text(1000), MAX_TEXTS * MAX_LENGTH)),
  ),
});

/** The format as a JSON schema. What relates fields to each other, such as equal lengths, no schema says. */
export const traceSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A run of Unmask, version 1',
  ...traceShape.schema,
};
