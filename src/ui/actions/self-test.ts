import { UnmaskError } from '../../worker/client.ts';
import { engine } from '../engine.ts';
import { useSelfTest, type Task } from '../stores/self-test.ts';
import { useWatch } from '../stores/watch.ts';
import { toFailure } from './failure.ts';

let current: AbortController | undefined;

/** What became of a task. */
export async function outcome<T>(asked: Promise<T>): Promise<Task<T>> {
  try {
    return { state: 'done', result: await asked };
  } catch (error) {
    if (error instanceof UnmaskError && error.code === 'aborted') return { state: 'stopped' };
    return { state: 'failed', failure: toFailure(error) };
  }
}

function begin(): AbortSignal {
  current?.abort();
  current = new AbortController();
  return current.signal;
}

/** Check every kernel, then the whole network against onnxruntime-web. */
export async function runSelfTest(): Promise<void> {
  const signal = begin();
  useSelfTest.setState({ checks: [], kernels: { state: 'running' }, network: { state: 'idle' } });
  const kernels = await outcome(
    engine.call(
      'selfTest',
      {},
      {
        signal,
        onCheck: (check) => {
          useSelfTest.setState(({ checks }) => ({ checks: [...checks, check] }));
        },
      },
    ),
  );
  useSelfTest.setState({ kernels });
  if (kernels.state !== 'done' || signal.aborted) return;
  useSelfTest.setState({ network: { state: 'running' } });
  const { model } = useWatch.getState().settings;
  useSelfTest.setState({ network: await outcome(engine.call('crossCheck', { model }, { signal })) });
}

/**
 * Time our engine against onnxruntime-web.
 * @param quick few rounds of the shortest text: enough to see that it works
 */
export async function runBenchmark(quick: boolean): Promise<void> {
  const signal = begin();
  useSelfTest.setState({ benchmark: { state: 'running' }, progress: undefined });
  const { model } = useWatch.getState().settings;
  const options = { model, ...(quick ? { lengths: [32], rounds: 3, seconds: 5 } : {}) };
  const benchmark = await outcome(
    engine.call('benchmark', options, {
      signal,
      onBenchmark: (progress) => {
        useSelfTest.setState({ progress });
      },
    }),
  );
  useSelfTest.setState({ benchmark, progress: undefined });
}

/** Stop what runs; what is measured so far stays on the page. */
export function stopSelfTest(): void {
  current?.abort();
}
