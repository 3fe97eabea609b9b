/** Accented English: what stays plain on a page that speaks it stands in no message file. */

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ACCENTED = Array.from('áƀçđéƒǧħíĵķĺḿñóþɋŕšŧúṽŵẋýžÁƁÇĐÉƑǦĦÍĴĶĹḾÑÓÞɊŔŠŦÚṼŴẊÝŽ');

/** Every letter accented; tags of parts, as in `<link>here</link>`, stay as they are. */
export const accented = (text: string): string =>
  text.replaceAll(/<\/?\w+>|[A-Za-z]/g, (piece) =>
    piece.length > 1 ? piece : ACCENTED[PLAIN.indexOf(piece)],
  );

/** Messages with every text accented, those that functions make included. */
export function pseudo<T>(messages: T): T {
  if (typeof messages === 'string') return accented(messages) as T;
  if (typeof messages === 'function') {
    const make = messages as unknown as (...values: unknown[]) => unknown;
    return ((...values: unknown[]) => pseudo(make(...values))) as T;
  }
  if (Array.isArray(messages)) return messages.map((one: unknown) => pseudo(one)) as T;
  if (typeof messages !== 'object' || messages === null) return messages;
  return Object.fromEntries(
    Object.entries(messages).map(([key, value]: [string, unknown]) => [key, pseudo(value)]),
  ) as T;
}
