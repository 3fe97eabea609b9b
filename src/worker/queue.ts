import { UnmaskError } from '../model/errors.ts';
import { engineWords } from './messages/engine.ts';

/**
 * Runs tasks one after the other. A task whose signal is aborted rejects at once: before its turn it never starts,
 * during it the next one still waits until it has come to an end.
 */
export class Queue {
  #tail: Promise<void> = Promise.resolve();
  readonly #pending = new Set<(error: UnmaskError) => void>();

  /** @returns what the task returns; rejects with 'aborted', or with what `rejectAll` says */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fail = (error: unknown): void => {
        leave();
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      const onAbort = (): void => {
        fail(new UnmaskError('aborted', engineWords.cancelled));
      };
      const leave = (): void => {
        this.#pending.delete(fail);
        signal?.removeEventListener('abort', onAbort);
      };
      if (signal?.aborted) {
        onAbort();
        return;
      }
      this.#pending.add(fail);
      signal?.addEventListener('abort', onAbort);
      this.#tail = this.#tail.then(async () => {
        if (!this.#pending.has(fail)) return;
        try {
          const value = await task();
          leave();
          resolve(value);
        } catch (error) {
          fail(error);
        }
      });
    });
  }

  /** Reject everything that is under way or waiting; what comes later does not wait for it. */
  rejectAll(error: UnmaskError): void {
    for (const fail of [...this.#pending]) fail(error);
    this.#tail = Promise.resolve();
  }
}
