import { localised } from '../../words/localised.ts';

/** What calls of `window.unmask` are refused with by the page itself; the rest the engine says. */
export const consoleWords = localised({
  distillCancelled: 'distill() was cancelled.',
  pausedElsewhere:
    'The distillation was paused from elsewhere, and is saved: the Distill view goes on with it.',
});
