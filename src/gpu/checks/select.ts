import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { SELECTION_BYTES, SELECTION_STRIDE, selectionUniforms } from '../kernels/gemm/gemm.ts';
import { ARGMAX_ROW, decodeDrawn, DRAWN_BYTES, type Drawn } from '../kernels/sample/sample.ts';
import { byConfidence } from '../kernels/select/select.reference.ts';
import { segmentData, SELECT, selectWorkgroups, type Segment } from '../kernels/select/select.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { UNTOUCHED } from './head.ts';
import { checkWords } from './messages.ts';
import { differing, integers } from './numbers.ts';

/** Positions of a sample. */
export const LENGTH = 400;

/** What the kernel leaves; what it does not write holds UNTOUCHED. */
export interface Selected {
  /** [samples * LENGTH] */
  tokens: Uint32Array;
  drawn: Drawn[];
  rows: Uint32Array;
}

function encodeDrawn(proposals: readonly Drawn[]): Uint32Array<ArrayBuffer> {
  const floats = new Float32Array(4 * proposals.length);
  const words = new Uint32Array(floats.buffer);
  proposals.forEach(({ row, token, probability, entropy }, i) => {
    words.set([row, token], 4 * i);
    floats.set([probability, entropy], 4 * i + 2);
  });
  return words;
}

/** Proposals of one sample in no order of rows, with chances of `levels` values: few give many ties. */
export function propose(sample: number, count: number, levels: number): Drawn[] {
  const stride = 7;
  const chances = integers(sample + 1, count, levels);
  return Array.from({ length: count }, (_, i) => ({
    row: sample * LENGTH + ((stride * i + sample) % LENGTH),
    token: 1000 * sample + i,
    probability: Math.fround((chances[i] + 1) / (levels + 1)),
    entropy: i,
  }));
}

/** Proposals and segments of a batch with samples of [count, take]; the last sample's next pass is its final one. */
export function proposeBatch(sizes: readonly (readonly [number, number])[]): {
  proposals: Drawn[];
  segments: Segment[];
} {
  const at = { start: 0, chosen: 5, rest: 3 };
  const segments = sizes.map(([count, take], sample): Segment => {
    const segment = { ...at, count, take, flag: sample === sizes.length - 1 ? ARGMAX_ROW : 0 };
    at.start += count;
    at.chosen += take;
    at.rest += count - take;
    return segment;
  });
  return { proposals: sizes.flatMap(([count], sample) => propose(sample, count, 50)), segments };
}

/** Run the kernel on passes of segments, each from a place of its own, in one submit. */
export async function runSelect(
  gpu: Gpu,
  arena: Arena,
  proposals: readonly Drawn[],
  passes: readonly (readonly Segment[])[],
  samples: number,
): Promise<Selected> {
  const slots = samples * LENGTH;
  const untouched = (label: string, words: number) =>
    arena.storageOf(label, new Uint32Array(words).fill(UNTOUCHED));
  const buffers = {
    tokens: untouched('tokens', slots),
    drawn: untouched('drawn', (DRAWN_BYTES / 4) * slots),
    rows: untouched('rows', slots),
  };
  const uniforms = arena.uniform('selections', SELECTION_STRIDE * passes.length);
  let start = 0;
  const base = { seed: 0, firstSample: 0, temperature: 1, topP: 1 };
  const selections = passes.map(({ length: count }) => {
    start += count;
    return { ...base, start: start - count, count };
  });
  gpu.write(uniforms, 0, selectionUniforms(selections));
  const launch = (await gpu.kernels.compile(SELECT)).bind({
    proposals: arena.storageOf('proposals', encodeDrawn(proposals)),
    segments: arena.storageOf('segments', segmentData(passes.flat())),
    selection: { buffer: uniforms, size: SELECTION_BYTES },
    ...buffers,
  });
  submit(
    gpu,
    passes.map((segments, i) => launch(selectWorkgroups(segments), SELECTION_STRIDE * i)),
  );
  const [tokens, drawn, rows] = await Promise.all(
    [buffers.tokens, buffers.drawn, buffers.rows].map((buffer) => readBuffer(gpu, buffer)),
  );
  return { tokens: new Uint32Array(tokens), drawn: decodeDrawn(drawn), rows: new Uint32Array(rows) };
}

/** What the kernel should leave, by the reference; `drawn` by entry. */
export function expectedSelection(
  proposals: readonly Drawn[],
  segments: readonly Segment[],
  samples: number,
): { tokens: Uint32Array; rows: Uint32Array; drawn: Map<number, Drawn> } {
  const slots = samples * LENGTH;
  const tokens = new Uint32Array(slots).fill(UNTOUCHED);
  const rows = new Uint32Array(slots).fill(UNTOUCHED);
  const drawn = new Map<number, Drawn>();
  for (const { start, count, take, chosen, rest, flag } of segments) {
    const own = proposals.slice(start, start + count).sort((a, b) => a.row - b.row);
    byConfidence(own).forEach((index, rank) => {
      if (rank < take) {
        tokens[own[index].row] = own[index].token;
        drawn.set(chosen + rank, own[index]);
      } else rows[rest + rank - take] = own[index].row + flag;
    });
  }
  return { tokens, drawn, rows };
}

const BATCHES = [
  [[1, 1]],
  [[300, 70]],
  [
    [90, 12],
    [1, 1],
    [200, 199],
  ],
] as const;

export const SELECT_CHECKS: readonly KernelCheck[] = [
  overCases(
    {
      kernel: SELECT.name,
      what: checkWords.select,
      bound: 0,
      measure: 'bits',
    },
    BATCHES,
    async (gpu, arena, sizes) => {
      const { proposals, segments } = proposeBatch(sizes);
      const found = await runSelect(gpu, arena, proposals, [segments], sizes.length);
      const wanted = expectedSelection(proposals, segments, sizes.length);
      const words = (drawn: readonly (Drawn | undefined)[]): number[] =>
        drawn.flatMap((d) => [d?.row ?? NaN, d?.token ?? NaN, d?.probability ?? NaN, d?.entropy ?? NaN]);
      const entries = [...wanted.drawn.keys()];
      return (
        differing(found.tokens, wanted.tokens) +
        differing(found.rows, wanted.rows) +
        differing(words(entries.map((entry) => found.drawn[entry])), words([...wanted.drawn.values()]))
      );
    },
  ),
];
