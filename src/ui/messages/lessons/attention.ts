import { localised } from '../../../words/localised.ts';
import type { ChapterWords } from './chapter.ts';

/** Lesson 3. */
export const attention = localised({
  title: 'What the network sees',
  says: 'Every slot reads every other, masked ones included.',
  parts: {
    both: {
      title: 'To both sides',
      text: [
        'In each of six blocks every slot looks at all slots and takes over what helps, by four heads with four ways to look. The map shows one of them.',
        '<next>Head 3 of layer 1</next> mostly reads the slot to the right, <before>head 1 of layer 4</before> the one to the left. <causal>Let the autoregressive model read</causal>: half of its map is empty.',
        'So here a word shapes what stands before it. <pin>Pin “dragon” in slot 12</pin>, and read the start.',
      ],
    },
    mask: {
      title: 'The mask is a token too',
      text: [
        'A masked slot is not empty. It holds a token of its own, the mask, and the network knows where it stands. From that, and from all other slots, it guesses.',
        '<start>Go to the start</start> and <look>look into slot 3</look>. No word is there yet, so the chances are those of the third token of any story. The map shows what slot 3 reads meanwhile: masks, and where they stand.',
      ],
    },
    law: {
      title: 'A law for each slot',
      text: [
        'For each masked slot the network gives 4,096 chances, which add up to 1. The mask gets none, and slots that are filled stay as they are.',
        'Entropy says how open the choice is: 0 nats where one token is certain, 8.3 where all are alike. <entropy>Colour the slots by entropy</entropy> and <end>go to the end</end>. Which slots were easy to guess?',
      ],
    },
    context: {
      title: 'Each pass knows more',
      text: [
        'Slots that have come are part of what the next pass reads. So a slot that is still masked is guessed anew in each pass, with more to go by.',
        '<eight>Write in 8 steps</eight> and <look>look into a slot that comes last</look>. <start>Go to the start</start>, then <next>step by step</next>: its candidates change while its neighbours fill.',
      ],
    },
  },
  question: {
    asks: 'The network guesses slot 10. Which slots does it read for that?',
    choices: [
      'Slots 1 to 9',
      'Slots 9 and 11 only',
      'All slots, masked ones included',
      'Only slots that are filled',
    ],
    why: 'Attention has no direction here, and the mask is a token like others. A masked slot tells the network that something is still to come in that place.',
  },
}) satisfies ChapterWords;
