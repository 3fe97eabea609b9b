/** In which language the page and its workers speak: decided once, when the page is opened. */

/** Languages that there are messages in: English is in the message files themselves, others in folders of their names. */
const LANGUAGES = ['en'] as const;

/** `pseudo`: English with every letter accented, which shows what has not gone through a message file. */
export type Language = 'pseudo' | (typeof LANGUAGES)[number];

/**
 * @param search of the address: `?lang=` goes before all else
 * @param preferred languages of the visitor, most wanted first, such as "de-CH"; some browsers tell none
 */
export function chooseLanguage(search: string, preferred: readonly string[] = []): Language {
  const asked = new URLSearchParams(search).get('lang');
  if (asked === 'pseudo') return 'pseudo';
  const wanted = [...(asked === null ? [] : [asked]), ...preferred].map((tag) => tag.toLowerCase());
  for (const tag of wanted) {
    const found = LANGUAGES.find((language) => tag === language || tag.startsWith(`${language}-`));
    if (found !== undefined) return found;
  }
  return 'en';
}

/** What a worker of this page is called, so that it speaks as the page does: "engine?lang=en". */
export const workerName = (name: string): string => `${name}?lang=${LANGUAGE}`;

/** The language of a worker by the name that the page gave it. */
export const languageOfName = (name: string): Language => chooseLanguage(/\?.*/.exec(name)?.[0] ?? '');

function here(): Language {
  // Tests and programs in Node.
  if (typeof location === 'undefined' || typeof navigator === 'undefined') return 'en';
  if (typeof document !== 'undefined') return chooseLanguage(location.search, navigator.languages);
  const { name } = globalThis as { name?: unknown };
  return typeof name === 'string' ? languageOfName(name) : chooseLanguage('', navigator.languages);
}

/** Of this page, and of its workers; English where there is no page. */
export const LANGUAGE: Language = here();

/** For the formats of numbers, dates and lists. */
export const LOCALE = LANGUAGE === 'pseudo' ? 'en' : LANGUAGE;
