import { localised } from '../../words/localised.ts';

/** What training keeps for every parameter of a network. */
export const parameterWords = localised({
  /** @param what one of `arrays` */
  tooLarge: (what: string, mebibytes: string, most: string) =>
    `To train this model its ${what} must lie in one piece of ${mebibytes} MiB, but this GPU binds at most ${most} MiB at once: choose a smaller model.`,
  arrays: {
    parameters: 'parameters',
    gradients: 'gradients',
    moments: 'moments',
    average: 'moving average',
    teacher: 'parameters of the teacher',
  },
});
