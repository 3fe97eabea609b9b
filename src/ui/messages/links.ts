import { localised } from '../../words/localised.ts';

/** Links to the page: how they are copied, what is said where one turns out otherwise, and settings that are hidden. */
export const links = localised({
  share: 'Share',
  shareTitle: 'A link to this page as it is',
  says: 'The link holds what is set in every view. It starts no download, no evaluation and no distillation.',
  copy: 'Copy link',
  copyHidden: 'Copy link with controls hidden',
  hiddenSays: 'With controls hidden a view shows what the model does, and its settings are one button away.',
  showSettings: 'Show the settings',
  dismiss: 'Dismiss',
  differs:
    'This text differs from the one that the link was made from: another GPU rounds the last bits in another way, or the model has changed.',
  raceWaits: 'The race of this link is ready: run it to see what it does.',
  raceDiffers:
    'What the lanes wrote differs from what they wrote where the link was made: another GPU rounds the last bits in another way, or a model has changed.',
  raceElsewise:
    'The race of the link cannot be run with the models that are here, so another one stands in for it.',
  seeModel: 'See what it takes',
  modelWaits: 'A link asks for this model. Nothing is asked of the hub until you want it.',
});
