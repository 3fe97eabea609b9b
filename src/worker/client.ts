/** The page's side of the worker: a promise per request, events to those who ask for them. */
import { workerName } from '../words/language.ts';
import { UnmaskError } from '../model/errors.ts';
import type { CallHooks } from './call-hooks.ts';
import { clientWords as words } from './messages/client.ts';
import type { CallName, Calls, EngineEvent, LoadProgress, PageView, Request } from './protocol.ts';

export { UnmaskError };
export type { CallHooks };

/** A `Worker`, or what stands for it in a test. */
export interface Port {
  postMessage(request: Request): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<EngineEvent>) => void): void;
  addEventListener(type: 'error' | 'messageerror', listener: (event: Event) => void): void;
  terminate(): void;
}

interface Pending {
  call: CallName;
  hooks: CallHooks;
  resolve(value: unknown): void;
  reject(error: UnmaskError): void;
}

/** What the visitor forces by `?backend=webgpu` or `?backend=wasm`. */
function forcedBackend(): Pick<PageView, 'backend'> {
  const backend = new URLSearchParams(location.search).get('backend');
  return backend === 'webgpu' || backend === 'wasm' ? { backend } : {};
}

/** What the page can tell of WebGPU; asking for an adapter also wakes the GPU process while the worker loads. */
export async function viewFromPage(): Promise<PageView> {
  const base = { secure: isSecureContext, ...forcedBackend() };
  const gpu = navigator.gpu as GPU | undefined;
  if (gpu === undefined) return { ...base, gpu: 'missing' };
  const adapter = await gpu.requestAdapter().catch(() => null);
  return { ...base, gpu: adapter === null ? 'no-adapter' : 'present' };
}

/** A connection to an engine. */
export class EngineClient {
  readonly #connect: () => Port;
  readonly #view: () => Promise<PageView>;
  readonly #pending = new Map<number, Pending>();
  readonly #progress = new Set<(progress: LoadProgress) => void>();
  /** Calls that follow their own progress: reports come until a cancelled one has stopped, and are nobody else's. */
  readonly #followed = new Set<number>();
  readonly #notices = new Set<(error: UnmaskError) => void>();
  #port: Port | undefined;
  #started: Promise<Port> | undefined;
  #nextId = 1;

  /**
   * @param base absolute URL of the folder with the bundled models
   * @param connect makes the worker; called again by `restart`
   */
  constructor(
    readonly base: string,
    connect: () => Port,
    view: () => Promise<PageView> = viewFromPage,
  ) {
    this.#connect = connect;
    this.#view = view;
  }

  /** Follow the opening of any model. @returns stops following */
  onProgress(listener: (progress: LoadProgress) => void): () => void {
    this.#progress.add(listener);
    return () => this.#progress.delete(listener);
  }

  /** Be told what happened without being asked for. @returns stops following */
  onNotice(listener: (error: UnmaskError) => void): () => void {
    this.#notices.add(listener);
    return () => this.#notices.delete(listener);
  }

  /** Start over with a new worker; opened files are forgotten, and what is under way is cancelled. */
  restart(): void {
    this.#port?.terminate();
    this.#port = undefined;
    this.#started = undefined;
    this.#rejectAll(new UnmaskError('aborted', words.restarted));
  }

  /**
   * Ask the engine.
   * @throws UnmaskError, with the engine's code and sentence; 'aborted' as soon as the signal says so
   */
  async call<K extends CallName>(
    call: K,
    options: Calls[K]['options'],
    hooks: CallHooks = {},
  ): Promise<Calls[K]['result']> {
    const port = await (this.#started ??= this.#start());
    const { signal } = hooks;
    const id = this.#nextId++;
    return await new Promise<Calls[K]['result']>((resolve, reject) => {
      const abort = (): void => {
        this.#pending.delete(id);
        port.postMessage({ type: 'cancel', id });
        reject(new UnmaskError('aborted', words.cancelled(call)));
      };
      const settled = (): void => {
        this.#pending.delete(id);
        signal?.removeEventListener('abort', abort);
      };
      if (signal?.aborted) {
        abort();
        return;
      }
      if (hooks.onProgress) this.#followed.add(id);
      this.#pending.set(id, {
        call,
        hooks,
        resolve: (value) => {
          settled();
          resolve(value as Calls[K]['result']);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      signal?.addEventListener('abort', abort);
      try {
        port.postMessage({ type: 'call', id, call, options } as Request);
      } catch (cause) {
        settled();
        const what = cause instanceof Error ? cause.message : String(cause);
        reject(new UnmaskError('argument', words.notSent(call, what), { cause }));
      }
    });
  }

  async #start(): Promise<Port> {
    const port = this.#connect();
    this.#port = port;
    port.addEventListener('message', (event) => {
      this.#receive(event.data);
    });
    const broken = (event: Event): void => {
      // It is told in the page: the console would only repeat it.
      event.preventDefault();
      if (this.#port !== port) return;
      this.#started = undefined;
      this.#rejectAll(new UnmaskError('internal', words.broken));
    };
    port.addEventListener('error', broken);
    port.addEventListener('messageerror', broken);
    port.postMessage({ type: 'start', base: this.base, page: await this.#view() });
    return port;
  }

  #rejectAll(error: UnmaskError): void {
    for (const pending of [...this.#pending.values()]) pending.reject(error);
  }

  #receive(event: EngineEvent): void {
    if (event.type === 'notice') {
      const error = new UnmaskError(event.code, event.message);
      for (const listener of this.#notices) listener(error);
      return;
    }
    // Absent when it was cancelled.
    const pending = this.#pending.get(event.id);
    switch (event.type) {
      case 'result':
        pending?.resolve(event.value);
        return;
      case 'failure':
        pending?.reject(new UnmaskError(event.code, event.message));
        return;
      case 'progress':
        if (this.#followed.has(event.id)) pending?.hooks.onProgress?.(event.progress);
        else for (const listener of this.#progress) listener(event.progress);
        return;
      case 'plan':
        pending?.hooks.onPlan?.(event.plan);
        return;
      case 'step':
        pending?.hooks.onStep?.(event.step);
        return;
      case 'check':
        pending?.hooks.onCheck?.(event.check);
        return;
      case 'benchmark':
        pending?.hooks.onBenchmark?.(event.progress);
        return;
      case 'latency':
        pending?.hooks.onLatency?.(event.progress);
        return;
      case 'race':
        pending?.hooks.onRace?.(event.progress);
        return;
      case 'lane':
        pending?.hooks.onLane?.(event.lane);
        return;
      case 'distill':
        pending?.hooks.onDistill?.(event.progress);
        return;
      case 'evaluate':
        pending?.hooks.onEvaluate?.(event.progress);
    }
  }
}

/** The engine in a worker of its own. @param base absolute URL of the folder with the bundled models */
export function startWorker(base: string): EngineClient {
  return new EngineClient(
    base,
    () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: workerName('engine') }),
  );
}
