import type { Selection } from '../../gpu/kernels/gemm/gemm.ts';
import { ARGMAX_ROW, type Drawn } from '../../gpu/kernels/sample/sample.ts';
import type { Span } from '../../gpu/kernels/span.ts';
import type { Segment } from '../../gpu/kernels/select/select.ts';
import { isFinal, type Plan, type SamplePass } from '../diffusion/plan.ts';
import type { RunSettings, RunStep } from './denoiser.ts';

/** What one pass of a run asks of the head. */
export interface PassLayout {
  /** Index of the Selection that names the samples' rows of c, for networks with time conditioning. */
  modulation: number;
  /** The rows of the head, in parts that fit its scratch, each with the index of its Selection. */
  parts: { selection: number; count: number }[];
  /** Under `confidence`: the samples still at work, and the Selection that finds them among the segments of the run. */
  choice?: { selection: number; segments: Segment[] };
}

/** A plan as it is written to the GPU before the first submit. */
export interface RunLayout {
  /** Entries of `rows`: those of all passes; under `confidence` those of the first, since kernels write the others. */
  rows: number[];
  /** First entry of `drawn` of each pass, and one past the last. */
  starts: number[];
  selections: Selection[];
  passes: PassLayout[];
}

/**
 * Positions that a pass of a run works on: all of them in masked diffusion. A causal network takes what is given at once, and
 * then the token that came last.
 */
export function spanOf({ sampler, length, samples }: Plan, pass: number): Span {
  if (sampler !== 'autoregressive') return { first: 0, count: length };
  const written = samples[0].passes[pass].positions[0];
  return pass === 0 ? { first: 0, count: written } : { first: written - 1, count: 1 };
}

/** Rows of the samples' masked positions, sample after sample, and how many each sample has. */
function maskedRows(plan: Plan): { rows: number[]; counts: number[] } {
  const rows: number[] = [];
  const counts = plan.samples.map(({ initial, passes }, sample) => {
    const before = rows.length;
    if (passes.length === 0) return 0;
    const flag = isFinal(plan, passes[0]) ? ARGMAX_ROW : 0;
    initial.forEach((token, position) => {
      if (token === plan.maskId) rows.push(sample * plan.length + position + flag);
    });
    return rows.length - before;
  });
  return { rows, counts };
}

/**
 * Lay a plan out. The ancestral and the first-hitting sampler draw for the rows that the plan names. Under `confidence` the
 * head works on all masked rows of a pass, with noise of the pass's own: how many they are is known, and where each sample's
 * begin, but which they are is left to the GPU.
 * @param options.timed whether each pass needs a modulation of its own
 * @param options.parts cuts a number of rows into parts that fit the scratch of the head
 */
export function layoutRun(
  plan: Plan,
  settings: Pick<RunSettings, 'seed' | 'temperature' | 'topP'>,
  { timed, parts }: { timed: boolean; parts: (count: number) => number[] },
): RunLayout {
  const { seed, temperature, topP } = settings;
  // A causal network tells the token that follows a position.
  const lag = plan.sampler === 'autoregressive' ? 1 : 0;
  const base = { seed, firstSample: plan.samples[0]?.sample ?? 0, temperature, topP, lag };
  const batch = plan.samples.length;
  const confident = plan.sampler === 'confidence';
  // Of a run that begins in the middle, which then has one sample.
  const earlier = plan.samples[0]?.earlier ?? 0;
  const { rows, counts: left } = confident ? maskedRows(plan) : { rows: [], counts: [] };
  const layout: RunLayout = { rows, starts: [0], selections: [], passes: [] };
  const select = (selection: Selection): number => layout.selections.push(selection) - 1;
  let firstSegment = 0;

  for (let pass = 0; pass < plan.forwardPasses; pass++) {
    const modulation = layout.selections.length;
    if (timed) select({ ...base, start: pass * batch, count: batch });
    const active = plan.samples.flatMap(({ passes }, sample) =>
      pass < passes.length ? [{ sample, own: passes[pass], next: passes.at(pass + 1) }] : [],
    );
    const taken = active.reduce((sum, { own }) => sum + own.count, 0);
    const chosen = layout.starts[pass];
    layout.starts.push(chosen + taken);

    let start = confident ? 0 : chosen;
    const segments = confident ? segmentsOf(plan, active, left, chosen) : [];
    if (!confident) {
      for (const { sample, own } of active) {
        const flag = isFinal(plan, own) ? ARGMAX_ROW : 0;
        for (const position of own.positions) rows.push(sample * plan.length + position + flag);
      }
    }
    const total = confident ? segments.reduce((sum, { count }) => sum + count, 0) : taken;
    const own: PassLayout = {
      modulation,
      parts: parts(total).map((count) => {
        const selection = select({ ...base, start, count, draw: confident ? earlier + pass : 0 });
        start += count;
        return { selection, count };
      }),
    };
    if (confident) {
      const selection = select({ ...base, start: firstSegment, count: segments.length });
      own.choice = { selection, segments };
      firstSegment += segments.length;
    }
    layout.passes.push(own);
  }
  return layout;
}

/**
 * Segments of a pass: samples side by side, their rests side by side for the next pass.
 * @param left masked positions of each sample, which are counted down
 * @param chosen first entry of `drawn` of the pass
 */
function segmentsOf(
  plan: Plan,
  active: readonly { sample: number; own: SamplePass; next: SamplePass | undefined }[],
  left: number[],
  chosen: number,
): Segment[] {
  const at = { start: 0, chosen, rest: 0 };
  return active.map(({ sample, own: { count: take }, next }) => {
    const count = left[sample];
    const flag = next !== undefined && isFinal(plan, next) ? ARGMAX_ROW : 0;
    const segment = { ...at, count, take, flag };
    left[sample] = count - take;
    at.start += count;
    at.chosen += take;
    at.rest += count - take;
    return segment;
  });
}

/** A pass as a step of each sample, from what the GPU drew in it: its entries of `drawn`, sample after sample. */
export function stepOf(plan: Plan, pass: number, drawn: readonly Drawn[]): RunStep {
  let at = 0;
  const steps = plan.samples.map(({ passes }) => {
    if (pass >= passes.length) return null;
    const { step, t, count } = passes[pass];
    // The sampler that chooses positions leaves them in an order of its own.
    const own = drawn.slice(at, (at += count)).sort((a, b) => a.row - b.row);
    return {
      step,
      t,
      positions: own.map(({ row }) => row % plan.length),
      tokens: own.map(({ token }) => token),
      probabilities: own.map(({ probability }) => probability),
      entropies: own.map(({ entropy }) => entropy),
    };
  });
  return { pass, steps };
}
