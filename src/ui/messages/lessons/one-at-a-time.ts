import { localised } from '../../../words/localised.ts';
import type { ChapterWords } from './chapter.ts';

/** Lesson 1. */
export const oneAtATime = localised({
  title: 'One token at a time',
  says: 'How most language models write, and what they have to wait for.',
  parts: {
    chain: {
      title: 'A guess, then another',
      text: [
        'Most language models write from left to right. They read what is there, give every token they know a chance, draw one, put it behind the text, and begin again.',
        'A token is a word or a piece of one; the models of this page know 4,096.',
        '<race>Let three models race</race>. The one marked “autoregressive” writes like this, and one of its lanes is a student that does not.',
      ],
    },
    passes: {
      title: 'One pass for each token',
      text: [
        'One reading of the text by the network is a forward pass. Left to right, 32 tokens take 32 passes, one behind the other: token 20 cannot be drawn before token 19 is known.',
        '<passes>Play the race by forward passes</passes> and count. A faster chip makes each pass shorter. It does not make them fewer.',
      ],
    },
    back: {
      title: 'No way back',
      text: [
        'What is written stays, and was chosen without a look at what follows. So a model that writes from left to right cannot easily fill a gap in front of words that are there already.',
        'A masked model can. <pin>Pin the word “dragon” in slot 12</pin>: all slots before it are written with that word in sight.',
      ],
    },
    together: {
      title: 'All slots at once',
      text: [
        'A masked-diffusion model begins with a text in which every slot is masked. In each pass it guesses all masked slots together, and keeps some of the guesses.',
        '<eight>Let it write 32 slots in 8 steps</eight>, then <four>in 4</four>. The next lessons ask how that can work, and what it costs.',
      ],
    },
  },
  question: {
    asks: 'A model that writes from left to right is to write 100 tokens. How many forward passes does it take?',
    choices: ['1', '10', '100', 'It depends on the words'],
    why: 'Each token waits for the one before it, so 100 tokens take 100 passes. A cache of keys and values makes each pass cheaper. It does not make them fewer.',
  },
}) satisfies ChapterWords;
