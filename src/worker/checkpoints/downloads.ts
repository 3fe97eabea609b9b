import { UnmaskError } from '../../model/errors.ts';
import { checkpointWords } from '../messages/checkpoints.ts';

/** Told how many bytes are there, and how many there are. */
type OnBytes = (loaded: number, total: number) => void;

/** What a caller may follow or stop. */
export interface Follower {
  signal?: AbortSignal;
  onBytes?: OnBytes;
}

interface Running<T> {
  result: Promise<T>;
  controller: AbortController;
  followers: Set<Follower>;
}

/** Downloads under way, one for each model: who asks for the same one follows it, and it stops once nobody does. */
export class Downloads<T> {
  readonly #running = new Map<string, Running<T>>();

  /** Whether it is under way here. */
  has(key: string): boolean {
    return this.#running.has(key);
  }

  /**
   * Follow the download of a key, begun if need be.
   * @throws UnmaskError 'aborted' as soon as the follower's own signal says so, or what the download throws
   */
  async follow(
    key: string,
    follower: Follower,
    download: (on: { signal: AbortSignal; onBytes: OnBytes }) => Promise<T>,
  ): Promise<T> {
    const { signal } = follower;
    const stopped = (): UnmaskError => new UnmaskError('aborted', checkpointWords.fetchingStopped);
    if (signal?.aborted) throw stopped();
    // One that is being stopped holds its lock until it has come to its end.
    for (let old = this.#running.get(key); old?.controller.signal.aborted; old = this.#running.get(key)) {
      await old.result.catch(() => undefined);
      if (signal?.aborted) throw stopped();
    }
    const running = this.#running.get(key) ?? this.#begin(key, download);
    running.followers.add(follower);
    let stop = (): void => undefined;
    const own = new Promise<never>((_, reject) => {
      stop = () => {
        reject(stopped());
      };
      signal?.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([running.result, own]);
    } finally {
      signal?.removeEventListener('abort', stop);
      running.followers.delete(follower);
      if (running.followers.size === 0) running.controller.abort();
    }
  }

  #begin(key: string, download: (on: { signal: AbortSignal; onBytes: OnBytes }) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const followers = new Set<Follower>();
    const onBytes: OnBytes = (loaded, total) => {
      for (const follower of followers) follower.onBytes?.(loaded, total);
    };
    const result = download({ signal: controller.signal, onBytes }).finally(() => this.#running.delete(key));
    // Nobody may be left to hear of it.
    result.catch(() => undefined);
    const running = { result, controller, followers };
    this.#running.set(key, running);
    return running;
  }
}
