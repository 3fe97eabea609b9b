import { Engine, toUnmaskError, type EngineOptions } from './engine.ts';
import type { CallName, Calls, EngineEvent, PageView, Request } from './protocol.ts';

/** What only the worker's surroundings know. */
export type Surroundings = Omit<EngineOptions, 'secure' | 'base' | 'backend' | 'onNotice'>;

/** The GPU as the page and the worker see it together: what either lacks is not there. */
function commonGpu(gpu: GPU | undefined, page: PageView): GPU | undefined {
  if (page.gpu === 'missing' || gpu === undefined) return undefined;
  // An adapter that is refused to the page is not taken through the back door.
  return page.gpu === 'present' ? gpu : ({ requestAdapter: () => Promise.resolve(null) } as unknown as GPU);
}

/** What of an answer is moved instead of copied. */
function transferables(value: unknown): Transferable[] {
  const { data, weights, gradients } = {
    ...(value as { data?: unknown; weights?: unknown; gradients?: object } | null),
  };
  const arrays = [data, weights, ...Object.values<unknown>({ ...gradients })].filter(
    (array) => array instanceof Float32Array,
  );
  // Several may be parts of one buffer.
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}

/**
 * Serve the protocol.
 * @param post sends an event to the page
 * @returns the handler of the page's messages; `start` comes first
 */
export function serve(
  surroundings: Surroundings,
  post: (event: EngineEvent, transfer?: Transferable[]) => void,
): (request: Request) => void {
  let engine: Engine | undefined;
  const running = new Map<number, AbortController>();

  const answer = async <K extends CallName>(
    id: number,
    call: K,
    options: Calls[K]['options'],
  ): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      if (!engine) throw new Error('a call came before the start');
      const value = await engine.call(call, options, {
        signal: controller.signal,
        onProgress: (progress) => {
          post({ type: 'progress', id, progress });
        },
        onPlan: (plan) => {
          post({ type: 'plan', id, plan });
        },
        onStep: (step) => {
          post({ type: 'step', id, step });
        },
        onCheck: (check) => {
          post({ type: 'check', id, check });
        },
        onBenchmark: (progress) => {
          post({ type: 'benchmark', id, progress });
        },
        onLatency: (progress) => {
          post({ type: 'latency', id, progress });
        },
        onRace: (progress) => {
          post({ type: 'race', id, progress });
        },
        onLane: (lane) => {
          post({ type: 'lane', id, lane });
        },
        onDistill: (progress) => {
          post({ type: 'distill', id, progress });
        },
        onEvaluate: (progress) => {
          post({ type: 'evaluate', id, progress });
        },
      });
      post({ type: 'result', id, value }, transferables(value));
    } catch (error) {
      const { code, message } = toUnmaskError(error);
      post({ type: 'failure', id, code, message });
    } finally {
      running.delete(id);
    }
  };

  return (request) => {
    switch (request.type) {
      case 'start': {
        engine = new Engine({
          ...surroundings,
          gpu: commonGpu(surroundings.gpu, request.page),
          secure: request.page.secure,
          ...(request.page.backend === undefined ? {} : { backend: request.page.backend }),
          base: request.base,
          onNotice: ({ code, message }) => {
            post({ type: 'notice', code, message });
          },
        });
        return;
      }
      case 'cancel':
        running.get(request.id)?.abort();
        return;
      case 'call':
        void answer(request.id, request.call, request.options);
    }
  };
}
