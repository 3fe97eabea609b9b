import type { Messages } from '../../../words/localised.ts';

/** The words of a lesson. Tags in them are the words that can be clicked; what each does stands with the chapters. */
export interface ChapterWords extends Messages {
  readonly title: string;
  /** In the list of lessons, a sentence. */
  readonly says: string;
  /** By name, in no order; paragraphs of at most 90 words in all. */
  readonly parts: Readonly<Record<string, PartWords>>;
  readonly question: {
    readonly asks: string;
    readonly choices: readonly string[];
    /** Shown after the answer, whichever it was. */
    readonly why: string;
  };
}

export interface PartWords extends Messages {
  readonly title: string;
  readonly text: readonly string[];
}
