/** An engine that tests of the Distill view's actions stand in for, and what it is asked. */
import { expect, vi } from 'vitest';
import type { DistillRunOptions, DistillState } from '../../worker/distill/result.ts';
import { UnmaskError, type CallHooks } from '../../worker/client.ts';
import { MASK, madeState, madeUpdate } from '../distill/testing.ts';
import { initialComparison, useComparison } from '../stores/comparison.ts';
import { initialDistillState, useDistill } from '../stores/distill.ts';
import { initialEngineState, useEngine } from '../stores/engine.ts';

/** One distillRun, and how the test ends it. */
export interface Asked {
  options: DistillRunOptions;
  hooks: CallHooks;
  resolve: (state: DistillState) => void;
  reject: (error: unknown) => void;
}

export const runs: Asked[] = [];
export const calls: [string, unknown][] = [];
/** Answers of the other calls; an error is thrown. */
export const answers: Record<string, unknown> = {};

/** Stands for the engine; a test file mocks `../engine.ts` with it. */
export const engine = {
  call: vi.fn((name: string, options: unknown, hooks: CallHooks = {}) => {
    calls.push([name, options]);
    if (name === 'distillRun') {
      return new Promise((resolve, reject) => {
        runs.push({ options: options as DistillRunOptions, hooks, resolve, reject });
      });
    }
    if (hooks.signal?.aborted) return Promise.reject(new UnmaskError('aborted', 'It was cancelled.'));
    const answer = answers[name];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }),
};

export const view = () => useDistill.getState();

/** What a call was asked for, each time. */
export const named = (name: string): unknown[] =>
  calls.filter(([one]) => one === name).map(([, options]) => options);

export const models = (['teacher', 'student', 'causal'] as const).map((kind) => ({
  ...{ id: kind, kind, vocabulary: 10, length: 128, origin: 'bundled' as const, title: kind, bytes: 1 },
}));

/** The run that was asked for last, once it has reached the engine. */
export async function asked(count: number): Promise<Asked> {
  await vi.waitFor(() => {
    expect(runs).toHaveLength(count);
  });
  return runs[count - 1];
}

/** A state whose rounds are so long. */
export const ofRounds = (updatesPerRound: number, state = madeState()): DistillState => ({
  ...state,
  options: { ...state.options, updatesPerRound },
});

/** The state so many updates later; the end of its round is far off. */
export function later(updates: number, rest: Partial<DistillState> = {}): DistillState {
  const base = ofRounds(40, madeState({ updates, ...rest }));
  return { ...base, history: Array.from({ length: updates }, (_, i) => madeUpdate(i + 1)) };
}

/** A state whose first round has a student. */
export const withStudent = (state: DistillState): DistillState => ({
  ...state,
  rounds: state.rounds.map((one, i) => (i === 0 ? { ...one, model: 'round-1', updates: 4 } : one)),
});

/** Nothing is open, and nothing was asked. @param pause stops what an earlier test left running */
export async function reset(pause: () => void): Promise<void> {
  pause();
  for (const one of runs) one.resolve(madeState());
  await vi.waitFor(() => {
    expect(view().status).not.toMatch(/running|pausing/);
  });
  [runs.length, calls.length] = [0, 0];
  Object.keys(answers).forEach((name) => Reflect.deleteProperty(answers, name));
  Object.assign(answers, {
    ...{ distillState: null, distillSaved: [], distillOpen: madeState() },
    ...{ vocabulary: { maskId: MASK, bos: 0 }, models },
  });
  useDistill.setState(initialDistillState, true);
  useComparison.setState(initialComparison, true);
  useEngine.setState({ ...initialEngineState, models }, true);
}

/** What of a page the actions need: frames of the screen, and that it is in sight. */
export function stubPage(): void {
  vi.stubGlobal('document', { hidden: false });
  vi.stubGlobal('requestAnimationFrame', (next: () => void) => setTimeout(next));
}
