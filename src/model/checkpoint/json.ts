import { UnmaskError, type ErrorCode } from '../errors.ts';
import { checkpointWords as words } from '../messages/checkpoint.ts';

/**
 * An object from a JSON file.
 * @param file what the message calls it
 * @param remedy what ends the sentence: "choose ..."
 * @throws UnmaskError with `code` where it is no JSON, or JSON of anything else than an object or array
 */
export function parseJson(
  text: string,
  file: string,
  remedy: string,
  code: ErrorCode = 'file-format',
): object {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UnmaskError(code, words.notJson(file, remedy), { cause });
  }
  if (typeof json === 'object' && json !== null) return json;
  throw new UnmaskError(code, words.noObject(file, remedy));
}
