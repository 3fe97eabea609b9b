import { localised } from '../../words/localised.ts';

/** What is wrong with the options of a race: `shown` is what one holds, `lane` an index. */
export const raceWords = localised({
  lanes: (shown: string, most: number) =>
    `lanes is ${shown}: give an array of 1 to ${most}, each with the options of a run, such as { model: "student" }.`,
  laneCount: (count: number, most: number) =>
    `lanes holds ${count} lanes: give an array of 1 to ${most}, each with the options of a run, such as { model: "student" }.`,
  lane: (lane: number, shown: string) =>
    `lanes[${lane}] is ${shown}: give an object with the options of a run, such as { model: "student" }.`,
  /** @param why the sentence that a run of its own would be refused with */
  inLane: (lane: number, why: string) => `lanes[${lane}]: ${why}`,
  judge: (shown: string) => `judge is ${shown}: give the id of a causal model, or null for none.`,
  from: 'from is given, but lanes begin at their start: leave it out.',
  /** @param tokens sizes of the vocabularies of the judge and of the lane */
  otherVocabulary: (judge: string, lane: number, tokens: readonly [judge: number, lane: number]) =>
    `judge is "${judge}", whose vocabulary is not that of lanes[${lane}] (${tokens[0]} and ${tokens[1]} tokens): choose another one, or null for none.`,
  tooLong: (judge: string, longest: number, lane: number, length: number) =>
    `judge is "${judge}", which takes ${longest} tokens, but lanes[${lane}].length is ${length}: shorten it, or choose another judge.`,
  cancelled: 'The race was cancelled.',
});
