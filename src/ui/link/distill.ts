/** What links say of the Distill view: its form, and never a text that was pasted or opened. */
import type { DistillLoss } from '../../worker/distill/result.ts';
import type { DataSource } from '../distill/form.ts';
import { fieldsOf, type Field } from './field.ts';
import { amongst, anyText, decimal, name, oneOf, whole } from './kinds.ts';

export interface DistillLink {
  teacher: string;
  loss: DistillLoss;
  rounds: number;
  /** In each round. */
  updates: number;
  batch: number;
  /** Of a text; the token that begins it is given besides. */
  slots: number;
  firstSteps: number;
  m: number;
  learningRate: number;
  seed: number;
  source: DataSource;
  /** Texts for the teacher to write. */
  write: number;
  /** What teacher and students are compared by. */
  prompt: string;
  promptSeed: number;
  /** Of each point; absent: what a page begins with where the link is opened. */
  texts?: number;
}

export const firstDistillLink: DistillLink = {
  ...{ teacher: 'teacher', loss: 'kl-bwd', rounds: 2, updates: 300, batch: 32, slots: 32 },
  ...{ firstSteps: 16, m: 2, learningRate: 0.00003, seed: 0, source: 'bundled', write: 256 },
  ...{ prompt: '', promptSeed: 29 },
};

const part = fieldsOf<DistillLink>();

/** What is typed in the form is checked there; a link has it within the widest ranges of that. */
export const distillFields: readonly Field<DistillLink>[] = [
  part('teacher', name(80)),
  part('loss', oneOf<DistillLoss>(['kl-bwd', 'kl-fwd', 'mse', 'tvd'])),
  part('rounds', whole(1, 16)),
  part('updates', whole(1, 100_000)),
  part('batch', whole(1, 256)),
  part('slots', whole(2, 1024), 'distill-slots'),
  part('firstSteps', amongst([8, 16, 32, 64, 128]), 'first-steps'),
  part('m', amongst([2, 3, 4, 8])),
  part('learningRate', decimal(0.000_000_001, 1), 'rate'),
  part('seed', whole(0, 2 ** 32 - 1), 'distill-seed'),
  part('source', oneOf<DataSource>(['bundled', 'own', 'written']), 'data'),
  part('write', whole(8, 4096)),
  part('prompt', anyText(4000), 'compare-prompt'),
  part('promptSeed', whole(0, 2 ** 32 - 1), 'compare-seed'),
  part('texts', amongst([4, 16, 32, 64]), 'compare-texts'),
];
