import { localised } from '../../words/localised.ts';

/** Where a model of a hub lies: what cannot be taken as it is typed. */
export const sources = localised({
  host: 'Give an https address, such as https://hub.example.org.',
  repository: 'Give owner/name, such as kuleshov-group/mdlm-owt, or the address of its page.',
  revision: 'Give a branch, a tag or a commit, without blanks.',
  /** Why: a sentence. */
  mirror: (why: string) => `The mirror of the hub cannot be asked: ${why}`,
});
