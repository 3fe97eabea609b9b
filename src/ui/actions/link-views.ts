/**
 * The views that are fetched when they are opened, and links. This comes with the first of them, or with a link that says
 * something of one, so that a visitor of the Watch view alone does not wait for it.
 */
import { firstLinkState, type LinkState } from '../link/link.ts';
import type { View } from '../stores/view.ts';
import { followDistill, readDistill, showDistill } from './link-distill.ts';
import { followEvaluate, readEvaluate, showEvaluate } from './link-evaluate.ts';
import { followModels, readModels, showModels } from './link-models.ts';
import { followRace, readRace, showRace } from './link-race.ts';

export type OtherViews = Pick<LinkState, 'race' | 'distill' | 'evaluate' | 'models'>;

/** What a link says of these views. @param texts whether with hashes of what was written, once that is whole */
export const readViews = (texts: boolean): OtherViews => ({
  ...{ race: readRace(texts), distill: readDistill(), evaluate: readEvaluate(), models: readModels() },
});

/**
 * Take over what a link says of these views; one of which it says nothing stays as it is.
 * @param opened the view that a pasted link opens, which is set in any case
 */
export function showViews({ race, distill, evaluate, models }: OtherViews, opened?: View): void {
  if (opened === 'race' || race !== firstLinkState.race) showRace(race);
  if (opened === 'distill' || distill !== firstLinkState.distill) showDistill(distill);
  if (opened === 'evaluate' || evaluate !== firstLinkState.evaluate) showEvaluate(evaluate);
  if (opened === 'models' || models !== firstLinkState.models) showModels(models);
}

/** @param changed what to do whenever a link would say something else */
export function followViews(changed: () => void): void {
  followRace(changed);
  followDistill(changed);
  followEvaluate(changed);
  followModels(changed);
}
