/** In which language the page speaks: decided once, when it is opened. */

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

/** Of this page; English where there is no page, as in tests and programs. */
export const LANGUAGE: Language =
  typeof location === 'undefined' || typeof navigator === 'undefined'
    ? 'en'
    : chooseLanguage(location.search, navigator.languages);

/** For the formats of numbers, dates and lists. */
export const LOCALE = LANGUAGE === 'pseudo' ? 'en' : LANGUAGE;
