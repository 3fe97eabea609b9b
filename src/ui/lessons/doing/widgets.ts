import { choose, findPair } from '../../actions/lesson-widgets.ts';
import { panel } from '../../messages/lessons/panel.ts';
import { useWatch } from '../../stores/watch.ts';
import { useChoices } from '../../stores/lesson-widgets.ts';
import { textOf } from '../shown-text.ts';
import type { Doing } from './doing.ts';

const says = panel.does;

/** Show a head of attention of the model that wrote the text. @param layer and head as the page counts, from 1 */
export const showHead = (layer: number, head: number): Doing => ({
  shows: '[data-widget="attention"]',
  act: () => {
    choose({ layer: layer - 1, head: head - 1, causal: false });
    return says.head(layer, head);
  },
});

/** Have the autoregressive model read the text. */
export const causalReads: Doing = {
  shows: '[data-widget="attention"]',
  act: () => {
    choose({ causal: true });
    return says.causal;
  },
};

/** Choose the neighbours that disagree most, of a few. */
export const disagree: Doing = {
  shows: '[data-widget="pair"]',
  act: async () => {
    const { run, sample, player } = useWatch.getState();
    const text = run && textOf(run, sample, player.position);
    if (!text) return { failed: says.nothing };
    await findPair(text);
    const { search } = useChoices.getState();
    return typeof search === 'object' ? search : says.disagree;
  },
};

/** Suppose a run of so many steps. @param steps a power of two */
export const lensSteps = (steps: number): Doing => ({
  shows: '[data-widget="lens"]',
  act: () => {
    choose({ steps: Math.log2(steps) });
    return says.lens(steps);
  },
});
