import { LOCALE } from '../../words/language.ts';
import { page } from '../messages/page.ts';

/** The document says in which language it speaks: index.html is in that of the build until a script runs. */
export function sayLanguage(): void {
  document.documentElement.lang = LOCALE;
  document.title = page.title;
}
