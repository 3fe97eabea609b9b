/** Which files of a repository make a judge of the GPT-2 family: an ONNX graph, its configuration and its tokenizer. */
import type { HubFile, HubListing } from '../checkpoint/hub/source.ts';
import { UnmaskError } from '../errors.ts';
import { judgeFileWords as words } from '../messages/evaluate/judge-files.ts';

/** An ONNX graph, with the weights that lie beside it. */
export interface JudgeFile {
  path: string;
  /** Of all parts. */
  bytes: number;
  /** What its weights are stored as. */
  precision: string;
  /** The graph, then the files of weights that it refers to. */
  parts: HubFile[];
}

/** Numbers of a file by the end of its name, as Optimum and transformers.js write them; without an end it is f32. */
const PRECISIONS: Readonly<Partial<Record<string, string>>> = {
  ...{ '': 'f32', _fp32: 'f32', _fp16: 'f16' },
  ...{ _quantized: '8-bit', _int8: '8-bit', _uint8: '8-bit', _q8: '8-bit' },
  ...{ _q4: '4-bit', _q4f16: '4-bit', _bnb4: '4-bit' },
};

/** Exports of causal models: by themselves, or with a cache of keys and values, which is left empty. */
const EXPORT =
  /^(?:onnx\/)?(decoder_model_merged|decoder_with_past_model|decoder_model|model)(_[a-z0-9]+)?\.onnx$/;

/** A graph of 2 GB and more is no message of Protocol Buffers; memory of WebAssembly ends at 4 GB, with all else in it. */
const LARGEST = 2 ** 31 - 1;

interface Candidate extends JudgeFile {
  /** It takes what an earlier pass left. */
  pasts: boolean;
}

const bySize = (a: JudgeFile, b: JudgeFile): number => a.bytes - b.bytes || (a.path < b.path ? -1 : 1);

function candidates({ files }: HubListing): Candidate[] {
  return files
    .flatMap((graph): Candidate[] => {
      const [, name, end = ''] = (EXPORT.exec(graph.path) ?? []) as (string | undefined)[];
      const precision = name === undefined ? undefined : PRECISIONS[end];
      if (name === undefined || precision === undefined) return [];
      // "model.onnx_data", and "model.onnx_data_1" where there are several.
      const beside = files.filter(({ path }) => path.startsWith(`${graph.path}_data`));
      const parts = [graph, ...beside];
      const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
      return [{ ...{ path: graph.path, bytes, precision, parts }, pasts: /_merged|_with_past/.test(name) }];
    })
    .filter(({ parts }) => parts.every(({ bytes }) => bytes <= LARGEST))
    .sort(bySize);
}

/** What a repository has for a judge. */
export interface JudgeFiles {
  config: HubFile;
  tokenizer: HubFile;
  /** Graphs that can judge, smallest first. */
  graphs: JudgeFile[];
  /** The one to take: of those whose weights are not quantised, if there are any, without a cache rather than with one, the smallest. */
  proposed: JudgeFile;
}

/**
 * The files of a judge in a repository, by their names.
 * @throws UnmaskError 'not-found' with what is missing
 */
export function judgeFiles(listing: HubListing): JudgeFiles {
  const find = (name: string): HubFile => {
    const file = listing.files.find(({ path }) => path === name);
    if (file) return file;
    throw new UnmaskError('not-found', words.missing(listing.repo, listing.revision, name));
  };
  const graphs = candidates(listing);
  const quantised = ({ precision }: JudgeFile): number => Number(/bit/.test(precision));
  const [proposed] = graphs.toSorted(
    (a, b) => quantised(a) - quantised(b) || Number(a.pasts) - Number(b.pasts) || bySize(a, b),
  ) as [Candidate?];
  if (!proposed) {
    throw new UnmaskError('not-found', words.noGraph(listing.repo, listing.revision));
  }
  return { config: find('config.json'), tokenizer: find('tokenizer.json'), graphs, proposed };
}

/** The network of a judge, as far as its inputs and outputs depend on it. */
export interface JudgeConfig {
  blocks: number;
  heads: number;
  /** d, a multiple of the heads. */
  hidden: number;
  /** Longest text, in tokens. */
  length: number;
  /** V, tokens. */
  vocabulary: number;
}

/**
 * Read config.json of a model of the GPT-2 family.
 * @param file what messages call it
 * @throws UnmaskError 'config' naming the field
 */
export function judgeConfig(json: object, file: string): JudgeConfig {
  const fields = json as Record<string, unknown>;
  if (fields['model_type'] !== 'gpt2') {
    const type = fields['model_type'];
    const shown = typeof type === 'string' ? JSON.stringify(type.slice(0, 40)) : undefined;
    throw new UnmaskError('config', words.otherType(file, shown));
  }
  const whole = (field: string, most: number): number => {
    const value = fields[field];
    if (Number.isInteger(value) && (value as number) > 0 && (value as number) <= most) return value as number;
    throw new UnmaskError('config', words.notWhole(field, file, most));
  };
  const heads = whole('n_head', 1024);
  const hidden = whole('n_embd', 65_536);
  if (hidden % heads !== 0) {
    throw new UnmaskError('config', words.notMultiple(file));
  }
  return {
    ...{ blocks: whole('n_layer', 1024), heads, hidden },
    length: whole('n_positions', 2 ** 20),
    vocabulary: whole('vocab_size', 2 ** 24),
  };
}
