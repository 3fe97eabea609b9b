import { localised } from '../../../words/localised.ts';
import type { ChapterWords } from './chapter.ts';

/** Lesson 7. */
export const learning = localised({
  title: 'Watch a student learn',
  says: 'A small distillation, in this browser.',
  parts: {
    small: {
      title: 'A small distillation',
      text: [
        'Training runs here, on your own machine. It needs WebGPU, and nothing is sent anywhere.',
        '<small>Fill in a small one</small>: one round of 40 updates, after which the student should do in one step what the teacher does in eight. Then <start>start it</start>.',
      ],
    },
    phases: {
      title: 'Five phases',
      text: [
        'An update has five phases. Mask some texts. Let the teacher take its small steps. Collect its chances as targets. Let the student guess in one step. Change its weights a little, towards the targets.',
        'Take <phase>one phase</phase> at a time, or <slow>turn on slow motion</slow>. The <scope>microscope</scope> holds target and guess of one slot side by side.',
      ],
    },
    loss: {
      title: 'Why the loss does not reach 0',
      text: [
        'The loss says how far the guesses are from the targets. But the teacher draws tokens between its steps, so one masked text has other targets each time, and one guess has to do for all of them.',
        'It can come down to the floor and no lower. <curve>Look at the curve</curve>: what matters is how much of the way to the floor is done.',
      ],
    },
    after: {
      title: 'Before and after',
      text: [
        'A lower loss is a means. The end is text that is likely and still varied. <texts>Read what teacher and student write</texts> at few steps.',
        'Perplexity says how expected a text is, entropy how varied its tokens are. Never read one without the other: a student that says one likely sentence again and again has a low perplexity, and only the entropy gives it away.',
      ],
    },
  },
  question: {
    asks: 'The loss has stopped falling, well above 0. What is the first reason to think of?',
    choices: [
      'The network is too small',
      'The targets of one masked text differ from draw to draw',
      'The page has a bug',
      'The student has nothing left to learn, ever',
    ],
    why: 'No single guess can match targets that are themselves random, so the least loss is not 0. The page estimates that floor, so that the loss can be read against it.',
  },
}) satisfies ChapterWords;
