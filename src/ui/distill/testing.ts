/** A distillation for tests: small, and in the middle of its first round. */
import type { DistillState, FloorReport, PhaseReport, UpdateReport } from '../../worker/distill/result.ts';

export const MASK = 9;

export function madeState(rest: Partial<DistillState> = {}, rounds = 2): DistillState {
  return {
    run: 'run-1',
    options: {
      ...{ teacher: 'teacher', loss: 'kl-bwd', rounds, minimumSteps: 1, updatesPerRound: 4, batch: 2 },
      ...{ accumulate: 1, length: 5, dt: 1 / 8, m: 2, times: 'paper', learningRate: 3e-4, warmup: 20 },
      ...{ clip: 1, weightDecay: 0, ema: 0.9999, resetOptimizer: false, seed: 0 },
    },
    data: { source: 'bundled', texts: 10, windows: 10, heldOut: 2 },
    rounds: Array.from({ length: rounds }, (_, i) => ({
      ...{ round: i + 1, dt: 2 ** i / 8, nativeSteps: 4 / 2 ** i, updates: 0 },
    })),
    ...{ round: 1, updates: 0, next: { phase: 'teacher', subStep: 1 }, history: [], validation: [] },
    ...{ finished: false, tokensPerUpdate: 10, savedAt: 1, ...rest },
  };
}

export const madeUpdate = (update: number, rest: Partial<UpdateReport> = {}): UpdateReport => ({
  ...{ update, round: 1, loss: 0.5, gradientNorm: 1, masked: 4, milliseconds: 100, ...rest },
});

export const madeFloor = (rest: Partial<FloorReport> = {}): FloorReport => ({
  ...{ round: 1, floor: 0.1, upper: 0.2, estimate: 0.15, draws: 4, untrained: 0.35, ...rest },
});

/** The phases of one update: slots 1 to 4 behind the token that begins the text; the second stays masked. */
export const phases: PhaseReport[] = [
  {
    ...{ phase: 'teacher', subStep: 1, t: 0.5, s: 0.375 },
    before: [0, MASK, MASK, MASK, 4],
    after: [0, 5, MASK, MASK, 4],
  },
  {
    ...{ phase: 'teacher', subStep: 2, t: 0.375, s: 0.25 },
    before: [0, 5, MASK, MASK, 4],
    after: [0, 5, MASK, 7, 4],
  },
  { phase: 'targets', subSteps: [0, 1, 2, 2, 0] },
  {
    ...{ phase: 'student', loss: 0.41 },
    slots: [
      { ...{ position: 1, subStep: 1, unmasked: true, divergence: 0.2 }, tokens: [] },
      { ...{ position: 2, subStep: 2, unmasked: false, divergence: 0.8 }, tokens: [] },
      { ...{ position: 3, subStep: 2, unmasked: true, divergence: 0.1 }, tokens: [] },
    ],
  },
  { ...{ phase: 'update', gradientNorm: 1.5, clipped: true, learningRate: 3e-4 } },
];
