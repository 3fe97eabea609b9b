import { localised } from './localised.ts';

/** What stands around every view. */
export const page = localised({
  lessons: 'Lessons',
  views: {
    label: 'Views',
    watch: 'Watch',
    race: 'Race',
    distill: 'Distill',
    evaluate: 'Evaluate',
    models: 'Models',
    'self-test': 'Self-test',
    fetching: 'fetching a model',
    fetchingTitle: (percent: number) => `Fetching a model: ${percent} %`,
  },
});
