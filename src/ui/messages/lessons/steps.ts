import { localised } from '../../../words/localised.ts';
import type { ChapterWords } from './chapter.ts';

/** Lesson 5. */
export const steps = localised({
  title: 'Steps against forward passes',
  says: 'Why 1,024 steps cost no more than 32.',
  parts: {
    budget: {
      title: 'Steps are a budget',
      text: [
        'The number of steps says into how many pieces time is cut, and so how many tokens come together. In 4 steps, 32 slots come eight at a time, on average.',
        '<four>Set the steps to 4</four>, then <sixteen>to 16</sixteen>. Below the canvas each bar is a step, as high as the tokens that came in it.',
      ],
    },
    passes: {
      title: 'Passes are what costs',
      text: [
        'A forward pass is one reading by the network, and that takes the time. Where no slot is due in a step nothing changes, so no pass is needed.',
        '<many>Set the steps to 1,024</many>. At most 32 of them bring a token, so there are at most 32 passes, and 31.5 on average.',
      ],
    },
    order: {
      title: 'Finer cuts, same order',
      text: [
        'One random number for each slot says when it comes. A finer cut of time changes nobody’s turn; it parts those who came together.',
        '<colour>Colour the slots by step</colour> and compare <eight>8 steps</eight> with <many>1,024</many>. Slots that were early stay early.',
      ],
    },
    first: {
      title: 'No steps at all',
      text: [
        'First-hitting takes this to its end. It sorts the random numbers and draws one slot in each pass, from the earliest to the latest. There is no number of steps to choose. <first>Try it</first>.',
        'Zheng and others (2024) showed that it follows the same law as steps that are infinitely fine, without the empty ones.',
      ],
    },
  },
  question: {
    asks: 'You write 32 slots and double the steps from 512 to 1,024. What happens to the number of forward passes?',
    choices: ['It doubles', 'It grows by 512', 'It hardly changes', 'It halves'],
    why: 'Only steps with a token cost a pass. With 512 steps about 31.0 of them have one, with 1,024 about 31.5, and never more than there are slots.',
  },
}) satisfies ChapterWords;
