import { localised } from '../../words/localised.ts';

/** What the released checkpoints are called, beside the names that they were published by. */
export const releasedWords = localised({
  /** Students of one teacher. @param loss the divergence, as its revisions name it */
  byLoss: (loss: string) => `Small students, ${loss}`,
  /** Students of one teacher, by the size in their revisions. */
  bySize: {
    sm: 'Small students of the study of sizes',
    md: 'Medium students of the study of sizes',
    large: 'Large students of the study of sizes',
  },
  /** @param family students of one teacher */
  student: (family: string, round: number) => `${family}, round ${round}`,
  teachers: 'Teachers',
  smallTeacher: 'Small teacher, 1M updates',
  teacherOf: {
    sm: 'Small teacher, 400k updates',
    md: 'Medium teacher, 400k updates',
    large: 'Large teacher, 400k updates',
  },
  plainAttention: 'MDLM, OpenWebText, plain attention',
});
