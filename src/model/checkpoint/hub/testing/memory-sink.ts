/** A sink in memory, for tests: it keeps what a crash would leave. */
import type { DownloadSink, DownloadState } from '../sink.ts';

export interface MemorySink extends DownloadSink {
  state: DownloadState | undefined;
  /** All that was written, committed or not. */
  bytes(): Uint8Array<ArrayBuffer>;
  /** Counts of calls. */
  calls: { write: number; commit: number; restart: number };
  /** The sink as another page finds it: without what was not committed. */
  reloaded(): MemorySink;
}

export function memorySink(
  kept: Uint8Array<ArrayBuffer> = new Uint8Array(),
  state?: DownloadState,
): MemorySink {
  let parts = [kept];
  const sink: MemorySink = {
    state,
    calls: { write: 0, commit: 0, restart: 0 },
    bytes: () => new Uint8Array(Buffer.concat(parts)),
    write: (bytes) => {
      sink.calls.write += 1;
      parts.push(bytes.slice());
      return Promise.resolve();
    },
    commit: (committed) => {
      sink.calls.commit += 1;
      if (committed.stored !== sink.bytes().length) throw new Error('the state is of another length');
      // It is kept as JSON.
      sink.state = JSON.parse(JSON.stringify(committed)) as DownloadState;
      return Promise.resolve();
    },
    restart: () => {
      sink.calls.restart += 1;
      parts = [];
      sink.state = undefined;
      return Promise.resolve();
    },
    reloaded: () => memorySink(sink.bytes().slice(0, sink.state?.stored ?? 0), sink.state),
  };
  return sink;
}
