/**
 * The plan: which positions unmask at which step, or for the confidence sampler how many. Under masked diffusion that
 * does not depend on the network, so it is drawn before the first forward pass, one uniform u_p for each position p. An ancestral step from t to s keeps a
 * masked position masked with chance s / t; telescoped from 1, it is still masked at s with chance s, which is the
 * chance of u_p < s. So p unmasks in the step with s <= u_p < t, and u_p < eps is left to the final pass.
 */
import { POSITIONS } from '../../gpu/random.ts';
import type { Sampler } from '../../trace/trace.ts';
import { integer, refuse } from '../arguments.ts';
import { planWords as words } from '../messages/plan.ts';
import { planUniform, restCounts, restUniforms, type RunStart } from './rest.ts';
import { timeGrid, type PositionUniform } from './schedule.ts';

/** Largest number of steps. */
export const MAX_STEPS = 1024;

/** One step in which at least one position unmasks. */
export interface SamplePass {
  /**
   * Nominal step, 1..steps; steps + 1 is the final pass (argmax). First-hitting: the number of the event, from 1;
   * autoregressive: that of the token.
   */
  step: number;
  /**
   * Time at which a time-conditioned network is evaluated: the time before the step; eps in the final pass; in
   * first-hitting the event's own u_p. Autoregressive: the share of the slots that is still to be written.
   */
  t: number;
  /** Positions that unmask. */
  count: number;
  /** Which they are, ascending; empty under `confidence`, where the model chooses them. */
  positions: number[];
}

/** The plan of one sample. */
export interface SamplePlan {
  /** Index of the sample among those of the same seed. */
  sample: number;
  /** Tokens before the first step, `length` of them; maskId where masked. */
  initial: Uint32Array;
  /** Non-empty steps, in order. */
  passes: SamplePass[];
  /**
   * Passes before the first of these, of a run that begins in the middle under `confidence`: noise is counted by passes,
   * and goes on from there (default 0).
   */
  earlier?: number;
}

/** The plan of a batch of samples. */
export interface Plan {
  sampler: Sampler;
  /** Nominal steps; 0 for first-hitting and autoregressive, which have no step count. */
  steps: number;
  length: number;
  maskId: number;
  seed: number;
  /** The nominal step after which the run begins, where it begins in the middle. */
  from?: number;
  samples: SamplePlan[];
  /**
   * Batched passes: pass j runs the j-th non-empty step of every sample, so this is the most any sample needs and
   * never more than its masked slots.
   */
  forwardPasses: number;
  /** Masked slots at the start, over all samples. */
  maskedSlots: number;
}

/** What makes a plan. */
export interface PlanOptions {
  sampler: Sampler;
  /** Nominal steps, 1..1024; not read for samplers that have no step count. */
  steps: number;
  /** Slots of a sample, prompt and BOS included. */
  length: number;
  maskId: number;
  /** Time at which the grid ends, in (0, 1): `sampling_eps` of the checkpoint. */
  eps: number;
  /** Integer in [0, 2^32). */
  seed: number;
  /** Number of samples. */
  count: number;
  /** Index of the first sample (default 0): a run may be cut into batches without changing any sample. */
  firstSample?: number;
  /** The start of every sample, `length` tokens; maskId where masked. */
  initial: Uint32Array;
  /** Begin in the middle: `initial` is x_t after a step. Not for `autoregressive`; under `confidence` one sample a plan. */
  from?: RunStart;
}

/** Order of unmasking: time runs from 1 down, so the largest u first; equal ones (chance 2^-32) by position. */
function inOrder(uniforms: readonly PositionUniform[]): PositionUniform[] {
  return uniforms.toSorted((a, b) => b.u - a.u || a.position - b.position);
}

/** Non-empty passes of the ancestral sampler on the grid of `steps` steps, for given uniforms. */
export function ancestralPasses(
  uniforms: readonly PositionUniform[],
  steps: number,
  eps: number,
): SamplePass[] {
  const grid = timeGrid(steps, eps);
  const passes: SamplePass[] = [];
  let step = 1;
  for (const { position, u } of inOrder(uniforms)) {
    while (step <= steps && u < grid[step]) step += 1;
    const last = passes.at(-1);
    if (last?.step === step) last.positions.push(position);
    else passes.push({ step, t: grid[step - 1], count: 0, positions: [position] });
  }
  for (const pass of passes) {
    pass.positions.sort((a, b) => a - b);
    pass.count = pass.positions.length;
  }
  return passes;
}

/** Passes of the first-hitting sampler for given uniforms: one position each, at its own time. */
export function firstHittingPasses(uniforms: readonly PositionUniform[]): SamplePass[] {
  return inOrder(uniforms).map(({ position, u }, i) => ({
    step: i + 1,
    t: u,
    count: 1,
    positions: [position],
  }));
}

/** Passes of the confidence sampler for given uniforms: those of the ancestral one, but the model chooses positions. */
export function confidencePasses(
  uniforms: readonly PositionUniform[],
  steps: number,
  eps: number,
): SamplePass[] {
  return ancestralPasses(uniforms, steps, eps).map((pass) => ({ ...pass, positions: [] }));
}

/** Passes of a causal model: one position each, from left to right; the uniforms do not count. */
export function autoregressivePasses(uniforms: readonly PositionUniform[]): SamplePass[] {
  const positions = uniforms.map(({ position }) => position).sort((a, b) => a - b);
  return positions.map((position, i) => ({
    step: i + 1,
    t: 1 - i / positions.length,
    count: 1,
    positions: [position],
  }));
}

const PASSES: Record<Sampler, typeof ancestralPasses> = {
  ancestral: ancestralPasses,
  'first-hitting': firstHittingPasses,
  confidence: confidencePasses,
  autoregressive: autoregressivePasses,
};

/** Whether a sampler counts steps; the others take one token per pass. */
export function hasSteps(sampler: Sampler): boolean {
  return sampler === 'ancestral' || sampler === 'confidence';
}

/** Nominal steps of a run that was asked for `steps`: 0 where the sampler has no step count. */
export function nominalSteps(sampler: Sampler, steps: number): number {
  return hasSteps(sampler) ? steps : 0;
}

/** Whether a pass is the final one, which takes the argmax of what is still masked at eps. */
export function isFinal({ sampler, steps }: Pick<Plan, 'sampler' | 'steps'>, pass: SamplePass): boolean {
  return hasSteps(sampler) && pass.step === steps + 1;
}

function requireRealToken(name: string, id: number, maskId: number): void {
  if (Number.isInteger(id) && id >= 0 && id < maskId) return;
  throw refuse((id === maskId ? words.isMask : words.isNoToken)(name, id, maskId - 1));
}

const LARGEST_U32 = 2 ** 32 - 1;

function validate(o: PlanOptions): void {
  if (hasSteps(o.sampler)) integer('steps', o.steps, 1, MAX_STEPS);
  integer('length', o.length, 1, POSITIONS);
  integer('maskId', o.maskId, 1, LARGEST_U32);
  integer('seed', o.seed, 0, LARGEST_U32);
  integer('count', o.count, 1, LARGEST_U32);
  integer('firstSample', o.firstSample ?? 0, 0, LARGEST_U32 - o.count + 1);
  if (!(o.eps > 0 && o.eps < 1)) throw refuse(words.eps(o.eps));
  if (o.initial.length !== o.length) throw refuse(words.initialLength(o.initial.length, o.length));
  o.initial.forEach((id, position) => {
    if (id !== o.maskId) requireRealToken(`initial[${position}]`, id, o.maskId);
  });
  if (o.sampler === 'autoregressive') requirePrefix(o.initial, o.maskId);
  if (o.from) requireStart(o.from, o);
}

/** @throws UnmaskError('argument') */
function requireStart({ step, given = [] }: RunStart, o: PlanOptions): void {
  if (o.sampler === 'autoregressive') throw refuse(words.fromAutoregressive);
  // Their noise is counted by passes, and samples have taken different numbers of them.
  if (o.sampler === 'confidence') integer('count', o.count, 1, 1);
  const steps = hasSteps(o.sampler) ? o.steps : Math.max(1, o.length - new Set(given).size);
  integer('from.step', step, 0, steps - 1);
}

/**
 * A causal model goes on from what stands before, and sees nothing of what comes behind.
 * @throws UnmaskError('argument')
 */
function requirePrefix(initial: Uint32Array, maskId: number): void {
  const first = initial.indexOf(maskId);
  if (first === 0) throw refuse(words.nothingToBeginWith);
  const beyond = first < 0 ? -1 : initial.findIndex((id, position) => position > first && id !== maskId);
  if (beyond >= 0) throw refuse(words.givenBehind(beyond));
}

const uniformsOf = (positions: readonly number[], seed: number, sample: number): PositionUniform[] =>
  positions.map((position) => ({ position, u: planUniform(seed, sample, position) }));

/** The passes of a sample that begins in the middle, with the masked positions of its x_t. */
function restOf(
  { sampler, steps, eps, length, seed }: PlanOptions,
  { step, t, given = [] }: RunStart,
  masked: readonly number[],
  sample: number,
): Pick<SamplePlan, 'passes' | 'earlier'> {
  const own = (): PositionUniform[] => {
    const positions = Array.from({ length }, (_, position) => position);
    const there = new Set(given);
    return uniformsOf(
      positions.filter((position) => !there.has(position)),
      seed,
      sample,
    );
  };
  if (sampler === 'first-hitting') {
    const time = t ?? (step === 0 ? 1 : inOrder(own())[step - 1].u);
    const passes = firstHittingPasses(restUniforms(masked, time, seed, sample));
    return { passes: passes.map((pass) => ({ ...pass, step: step + pass.step })) };
  }
  const time = timeGrid(steps, eps)[step];
  if (sampler === 'ancestral') {
    return { passes: ancestralPasses(restUniforms(masked, time, seed, sample), steps, eps) };
  }
  const before = own();
  return {
    passes: confidencePasses(restCounts(masked, before, time, seed, sample), steps, eps),
    earlier: ancestralPasses(before, steps, eps).filter((pass) => pass.step <= step).length,
  };
}

/**
 * Draw the plan of `count` samples. Sample k depends only on (seed, k, initial), never on `count`, and the order in
 * which its positions unmask never on `steps`.
 * @throws UnmaskError('argument') naming the field that is out of range
 */
export function makePlan(o: PlanOptions): Plan {
  validate(o);
  const masked = [...o.initial.keys()].filter((position) => o.initial[position] === o.maskId);
  const samples = Array.from({ length: o.count }, (_, k): SamplePlan => {
    const sample = (o.firstSample ?? 0) + k;
    const initial = o.initial.slice();
    if (o.from) return { sample, initial, ...restOf(o, o.from, masked, sample) };
    const passes = PASSES[o.sampler](uniformsOf(masked, o.seed, sample), o.steps, o.eps);
    return { sample, initial, passes };
  });
  return {
    sampler: o.sampler,
    steps: nominalSteps(o.sampler, o.steps),
    length: o.length,
    maskId: o.maskId,
    seed: o.seed,
    ...(o.from ? { from: o.from.step } : {}),
    samples,
    forwardPasses: samples.reduce((most, { passes }) => Math.max(most, passes.length), 0),
    maskedSlots: masked.length * o.count,
  };
}

/** What stands in the slots before a run; the rest is masked. */
export interface InitialOptions {
  length: number;
  maskId: number;
  /** Goes to slot 0. */
  bos?: number;
  /** Token ids that follow, without gaps. */
  prompt?: readonly number[];
  /** Token id by position, counted from 0 with BOS and prompt included. */
  pinned?: Readonly<Record<number, number>>;
}

/**
 * The start of a run: BOS, prompt and pinned tokens in their slots, maskId everywhere else.
 * @returns `length` token ids
 * @throws UnmaskError('argument') for a prompt that does not fit, a pin outside or on the prompt, or an id that is
 * not a real token
 */
export function buildInitial(o: InitialOptions): Uint32Array {
  integer('length', o.length, 1, POSITIONS);
  integer('maskId', o.maskId, 1, LARGEST_U32);
  const prefix = [...(o.bos === undefined ? [] : [o.bos]), ...(o.prompt ?? [])];
  if (prefix.length > o.length) {
    const message = o.bos === undefined ? words.promptTooLong : words.promptWithBosTooLong;
    throw refuse(message(prefix.length, o.length));
  }
  const initial = new Uint32Array(o.length).fill(o.maskId);
  prefix.forEach((id, position) => {
    requireRealToken(words.tokens.prompt(position), id, o.maskId);
    initial[position] = id;
  });
  for (const [key, id] of Object.entries(o.pinned ?? {})) {
    const position = Number(key);
    if (!/^\d+$/.test(key) || position >= o.length) {
      throw refuse(words.pinnedOutside(key, o.length - 1));
    }
    if (position < prefix.length) throw refuse(words.pinnedOnPrompt(key, prefix.length));
    requireRealToken(words.tokens.pinned(key), id, o.maskId);
    initial[position] = id;
  }
  return initial;
}
