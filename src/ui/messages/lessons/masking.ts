import { localised } from '../../../words/localised.ts';
import type { ChapterWords } from './chapter.ts';

/** Lesson 2. */
export const masking = localised({
  title: 'Masking a text',
  says: 'What the model learns from: texts with holes in them.',
  parts: {
    forward: {
      title: 'A text with holes',
      text: [
        'Training begins with a whole text. A time t between 0 and 1 is drawn, and every token is masked with chance 0.999 t, whatever becomes of the others.',
        'Here is the text of the canvas. <low>Mask it at t = 0.3</low>, then <high>at t = 0.9</high>, or move the slider. <again>Mask it anew</again>: other tokens, but about as many.',
      ],
    },
    learn: {
      title: 'Guess what is hidden',
      text: [
        'The network reads the text with its holes and says how likely each token is in each of them. Training makes the true ones likelier.',
        'With <few>few holes</few> there is much to go by; with <many>nearly all hidden</many> there is almost nothing. It needs both, since it will begin to write with all slots masked. A hidden token counts 1/t, so that texts with few holes weigh as much as texts with many.',
      ],
    },
    back: {
      title: 'And backwards',
      text: [
        'Writing runs the other way, from t = 1 to 0. A step goes from t to a smaller time s: a masked slot stays masked with chance s/t, and takes a token otherwise.',
        'Four steps stop at 0.75, 0.5, 0.25 and almost 0. <four>Write in 4 steps</four>, <start>go to the start</start>, and take <next>one step</next> at a time: about eight slots come in each.',
      ],
    },
    order: {
      title: 'Who comes when is luck',
      text: [
        'Which slot comes in which step has nothing to do with the words. The page draws it from the seed before the first pass: one random number for each slot.',
        '<student>Let the student write in 8 steps</student> and <colour>colour the slots by step</colour>. Then <teacher>the teacher, with the same seed</teacher>: other words, but every slot comes in the same step as before.',
      ],
    },
  },
  question: {
    asks: 'A slot is masked at t = 0.75. What is the chance that it is still masked at s = 0.25?',
    choices: ['1/4', '1/3', '1/2', '2/3'],
    why: 'The chance is s/t = 0.25/0.75 = 1/3. It fits: of 100 slots about 75 are masked at 0.75 and about 25 at 0.25, a third of them.',
  },
}) satisfies ChapterWords;
