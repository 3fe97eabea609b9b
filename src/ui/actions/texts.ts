import { UnmaskError } from '../../worker/client.ts';
import { engine } from '../engine.ts';
import { shared } from '../messages/shared.ts';

/** Texts of files that were chosen. */
export interface TextFile {
  /** Its name, or how many files they are. */
  name: string;
  texts: readonly string[];
}

/** Largest file that is read, bytes: its texts go to the worker as one message. */
const MOST_BYTES = 50e6;

const refuse = (message: string): UnmaskError => new UnmaskError('file-format', message);

/**
 * The texts of .txt and .jsonl files.
 * @returns undefined where no file was given, or none holds a text
 * @throws UnmaskError 'file-format' for what is neither, or is too large; those of reading it
 */
export async function readTextFiles(files: readonly File[]): Promise<TextFile | undefined> {
  const texts: string[] = [];
  for (const file of files) {
    if (!/\.(txt|jsonl)$/i.test(file.name)) {
      throw refuse(shared.texts.notText(file.name));
    }
    if (file.size > MOST_BYTES) {
      throw refuse(shared.texts.tooLarge(file.name, Math.round(file.size / 1e6)));
    }
    texts.push(...(await engine.call('readTexts', { file, name: file.name })));
  }
  if (texts.length === 0) return undefined;
  return { name: files.length === 1 ? files[0].name : shared.texts.files(files.length), texts };
}
