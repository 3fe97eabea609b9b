import { localised } from '../../../words/localised.ts';
import type { ChapterWords } from './chapter.ts';

/** Lesson 8. */
export const cost = localised({
  title: 'What it costs',
  says: 'Passes, time, and the two numbers of quality.',
  parts: {
    price: {
      title: 'Passes, and what one costs',
      text: [
        'Time is the number of passes times the time of one. Not all passes are alike. One over 32 slots multiplies about 150 million times in its six blocks; one for a single new token, with a cache, about 5 million (from the sizes of the bundled models).',
        'So 4 passes of the student are 600 million, and 32 of the autoregressive model 150 million. <race>Who will win the race?</race>',
      ],
    },
    time: {
      title: 'Measure it here',
      text: [
        'The answer depends on the machine. A GPU does many sums side by side, and waits between one pass and the next. A CPU does fewer at a time, so there the number of sums counts more.',
        '<time>Play the race by time</time>, as measured on this machine, then <passes>by forward passes</passes>. Does the same lane win?',
      ],
    },
    quality: {
      title: 'Quality has two numbers',
      text: [
        'Perplexity says how expected texts are to a judge, here a small model of the same kind of stories. Entropy says how varied their tokens are. Stories that no model was trained on have 4.44 and 3.175 at 32 tokens, over 256 texts.',
        'One sentence over and over would have a low perplexity and a low entropy. So read both. <measure>Measure a few texts</measure> and <axis>put forward passes below the curve</axis>.',
      ],
    },
    precision: {
      title: 'The price of a shortcut',
      text: [
        'Tokens are drawn with random numbers. Made of 32-bit floats in the usual way, these lack their far end, and rare tokens never come. Zheng and others (2024): it works like a lower temperature, so texts look likelier and are more alike.',
        'This page counts in whole numbers instead. <half>Go half way</half> and see what is lost in a slot: <few>in 8 steps</few> next to nothing, <many>in 1,024</many> more. In the large, <cool>a temperature of 0.7</cool> does the same.',
      ],
    },
  },
  question: {
    asks: 'Model A has perplexity 12 and entropy 2.0. Model B has perplexity 15 and entropy 3.2. True stories have entropy 3.2. What follows?',
    choices: [
      'A writes better: its perplexity is lower',
      'B writes better: its perplexity is higher',
      'A may only be repeating itself: read its texts',
      'Both write equally well',
    ],
    why: 'A low entropy says that A uses few different tokens, and repetition makes a low perplexity cheap. Perplexities can be compared where entropies are alike.',
  },
}) satisfies ChapterWords;
