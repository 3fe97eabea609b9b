import { localised } from '../../words/localised.ts';

/** Why a tokenizer cannot be read, or has no answer. `file` is what it is called. */
export const tokenizerWords = localised({
  /** @param reason one of those below, or what the library says */
  unreadable: (file: string, reason: string) =>
    `${file} cannot be read as a tokenizer (${reason}): use the tokenizer.json that came with the model.`,
  reasons: {
    otherModel: (known: readonly string[]) => `its model is none of ${known.join(', ')}`,
    noVocabulary: 'it has no vocabulary',
    missingId: (ids: number, missing: number) => `of its ${ids} ids none is ${missing}`,
    notOneToOne: 'its tokens and ids are not one to one',
    notText: 'not all tokens are text',
  },
  noId: (id: number, tokens: number, file: string) =>
    `${id} is no id of the ${tokens} tokens of ${file}: leave masked slots out of what is decoded.`,
  noToken: (file: string) => `${file} has no token for a part of the text: leave unusual characters out.`,
});
