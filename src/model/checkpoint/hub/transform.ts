/** What a download does to bytes before they are kept. Nothing here runs. */

/** Takes a file from its start to its end, in pieces cut anywhere. */
export interface ByteTransform {
  /** Bytes to keep for these, which follow those before. @throws UnmaskError for what it cannot take */
  push(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  /** Where it stands, as text: from there another one goes on. */
  save(): string;
}

/** A transform from the start of a file, or from where `save` left another one. @throws Error for what no `save` gave */
export type TransformFactory = (saved?: string) => ByteTransform;
