/**
 * Words in message files: one file for a part of the page or of the engine, English in it, in the folder `messages` of each
 * layer; a small layer has one file `messages.ts`. A message is a text, or a function that makes one of numbers and names,
 * so that a translation can order, decline and count as its language does. Where a part of a sentence is an element, as a
 * link, the text has a tag and `Rich` draws it.
 */
import { LANGUAGE } from './language.ts';
import { pseudo } from './pseudo.ts';

/** What a message file may hold. */
export interface Messages {
  readonly [key: string]: Message;
}

type Message = string | readonly string[] | Messages | ((...values: never[]) => string | readonly string[]);

/**
 * The messages of a file in the language of the page.
 * @param english complete
 */
export const localised = <T extends Messages>(english: T): T =>
  LANGUAGE === 'pseudo' ? pseudo(english) : english;
