import type { sources } from '../messages/lessons/sources.ts';

export type SourceId = Exclude<keyof typeof sources, 'label'>;

/** Where the papers are. */
export const ADDRESSES: Readonly<Record<SourceId, string>> = {
  mdlm: 'https://arxiv.org/abs/2406.07524',
  sdtt: 'https://arxiv.org/abs/2410.21035',
  firstHitting: 'https://arxiv.org/abs/2409.02908',
  transformer: 'https://arxiv.org/abs/1706.03762',
  stories: 'https://arxiv.org/abs/2305.07759',
};
