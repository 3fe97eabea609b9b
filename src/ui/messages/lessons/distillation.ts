import { localised } from '../../../words/localised.ts';
import type { ChapterWords } from './chapter.ts';

/** Lesson 6. */
export const distillation = localised({
  title: 'Catching up with a slower self',
  says: 'How a student learns to do in one step what its teacher does in two.',
  parts: {
    slow: {
      title: 'A slow teacher',
      text: [
        'A masked model writes well in many small steps and badly in a few large ones. The teacher’s perplexity over 256 texts of 32 tokens is 16.8 in 128 steps and 105 in 4, by the judge that comes with the page.',
        '<race>Let it race a student</race>: 32 steps for the teacher, 4 for the student.',
      ],
    },
    target: {
      title: 'Two steps in one',
      text: [
        'Self-Distillation Through Time begins with a student that is a copy of its teacher. Mask a text. Let the teacher take two small steps. For each slot, keep the chances that it gave in the step in which the slot came, or in the last one.',
        'The student sees the same masked text and has to give all those chances in one step. <open>Open the Distill view</open>: its boxes are these phases.',
      ],
    },
    rounds: {
      title: 'Round after round',
      text: [
        'After a round the student does in one step what took two. It becomes the teacher, and the next round halves the steps again.',
        'The student of this page had six rounds: its teachers had 128 steps, then 64, 32, 16, 8 and 4, and the last student is made for 2. <ladder>Fill in three rounds from 16 steps</ladder>; the form says where they lead.',
      ],
    },
    bought: {
      title: 'What it bought',
      text: [
        'In 4 steps the student’s perplexity is 32.5 (95 % interval 29.4 to 36.1), its teacher’s 105.1 (93.4 to 119.4), over 256 texts of 32 tokens. Their entropies are 3.20 and 3.17: it does not just repeat itself.',
        'It is not better at everything. At 128 tokens, over 64 texts, the teacher is ahead from 16 steps on. <measure>Measure a small sample</measure> of both yourself.',
      ],
    },
  },
  question: {
    asks: 'The first teacher takes 64 steps, and every round halves them. For how many steps is the student of the fourth round made?',
    choices: ['32', '16', '4', '1'],
    why: 'Halved four times, 64 becomes 32, 16, 8 and then 4. Each round only has to learn one halving, which is easier than the whole way at once.',
  },
}) satisfies ChapterWords;
