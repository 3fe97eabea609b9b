/** What models of a hub are called before they are here; the released list, which this needs, is no part of the first view. */
import type { HubSource } from '../../worker/checkpoints/result.ts';
import { releasedModel } from '../../worker/checkpoints/released.ts';
import { models as words } from '../messages/models.ts';

/** What a source is called: a released checkpoint by its title. */
export const titleAt = (source: HubSource): string => {
  const { repo, revision } = source;
  const place = words.place(repo, revision === 'main' ? undefined : revision, undefined);
  return releasedModel(source)?.title ?? place;
};
