/** The seam between a download and the store that it goes into. Nothing here runs. */

/** How far a download is. JSON: it is kept with the bytes, and a download goes on from it after a reload. */
export interface DownloadState {
  /** Bytes of the source that were taken, from its start. */
  received: number;
  /** Bytes of the sink that stand for them: fewer than `received` where they are rounded to f16 on the way. */
  stored: number;
  /** Bytes of the source in all. */
  total: number;
  /** ETag of the source, where it has one that compares bytes. */
  etag?: string;
  /** Whatever else the download needs to go on: state of the hash, bytes of a value that is not whole yet. */
  more?: Record<string, string>;
}

/** A file that grows: of the store, or of memory. One download has it at a time. */
export interface DownloadSink {
  /** As last committed; undefined at a fresh start. The file holds exactly `stored` bytes then, whatever came behind them. */
  readonly state: DownloadState | undefined;
  /** Put bytes behind those that are there. @throws UnmaskError 'storage' where there is no room */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Make what was written safe, so that a crash from here on loses nothing before it. */
  commit(state: DownloadState): Promise<void>;
  /** Drop all that is there and begin anew: the source is another one now. */
  restart(): Promise<void>;
}
