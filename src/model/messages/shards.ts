import { localised } from '../../words/localised.ts';

const wrongIndex = (index: string, what: string): string =>
  `${index} ${what}: use the index that came with the shards.`;

/** What is wrong with weights in several files. `index` is the file that says in which of them each tensor lies. */
export const shardWords = localised({
  index: {
    noMap: (index: string) =>
      wrongIndex(index, 'has no weight_map, which says in which file each tensor lies'),
    noFile: (index: string, tensor: string) => wrongIndex(index, `names no file for ${tensor}`),
    empty: (index: string) => wrongIndex(index, 'has an empty weight_map'),
  },
  notAmong: (index: string, shard: string) =>
    `${index} names ${shard}, which is not among the files: choose all shards together.`,
  /** @param missing which of them, from 1 */
  numberMissing: (count: number, model: string, missing: number) =>
    `Of the ${count} shards of ${model} number ${missing} is not among the files: choose all shards together.`,
  /** What several files are called together. */
  andMore: (first: string, more: number) => `${first} and ${more} more`,
  noWeights: 'model.safetensors is missing: choose it with its config.json.',
  bothHold: (one: string, other: string, tensor: string) =>
    `${one} and ${other} both hold tensor ${tensor}: choose the shards of one model.`,
  notInShard: (shard: string, tensor: string, index: string) =>
    `${shard} has no tensor ${tensor}, which ${index} says it has: the files are not of one model, fetch them again.`,
});
