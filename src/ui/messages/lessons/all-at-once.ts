import { localised } from '../../../words/localised.ts';
import type { ChapterWords } from './chapter.ts';

/** Lesson 4. */
export const allAtOnce = localised({
  title: 'All at once',
  says: 'Why two tokens that are drawn together can disagree.',
  parts: {
    one: {
      title: 'Everything in one step',
      text: [
        'Why not draw all 32 tokens in a single pass? <one>Let the teacher do it</one>, then <many>give it 32 steps</many>, and read both texts.',
        'In one step each word is a fair guess by itself, and the sentence is none. Over 256 texts of 32 tokens the teacher’s perplexity is 7,032 in one step and 21.2 in 32, by the judge that comes with the page. The entropy is alike, 3.18 and 3.17.',
      ],
    },
    apart: {
      title: 'Drawn apart',
      text: [
        'All tokens of a step are drawn from chances that were computed before any of them was known. So they are drawn independently: what one slot takes, the other does not hear.',
        'Suppose half of all stories say “red car” and half “blue bike”. Each slot is right to say 50 : 50. But together they say “red bike” or “blue car” half of the time.',
        '<half>Go half way back</half> and <find>find two slots that disagree</find>. The table has both ways to draw them.',
      ],
    },
    after: {
      title: 'One after the other',
      text: [
        'If the second slot is drawn in a later pass, the network has read the first one and knows what has to fit. Then only “red car” and “blue bike” come.',
        '<first>First-hitting</first> draws a single slot in each pass. No two tokens ignore each other, and 32 slots cost 32 passes.',
      ],
    },
    few: {
      title: 'How few are enough?',
      text: [
        'Not every pair of slots cares. Words far from each other, or certain by now, lose little when they are drawn together. That is why a few steps can do.',
        'Try the student with <eight>8 steps</eight>, <four>4</four> and <two>2</two>, and go through the steps. Look for two words of one step that do not fit each other.',
      ],
    },
  },
  question: {
    asks: 'Half of the stories are about Tom and “he”, half about Ann and “she”. Name and pronoun are drawn in the same step. How often do they disagree?',
    choices: ['Never', 'One time in four', 'Half of the time', 'Always'],
    why: 'Tom with “she” comes with chance 1/2 × 1/2 = 1/4, and so does Ann with “he”: half of the time in all. Drawn one after the other, they would always agree.',
  },
}) satisfies ChapterWords;
