import { localised } from '../../../words/localised.ts';

const otherFile = 'choose another file of the repository';

/** Of a graph by its inputs and outputs. @param what is wrong with it */
const noCausalModel = (what: string) => `${what}, as no causal model of the GPT-2 family: ${otherFile}.`;

/** Why a graph cannot judge: `judge` is the name of its file. */
export const onnxJudgeWords = localised({
  asksFor: (judge: string, input: string) => noCausalModel(`${judge} asks for ${input}`),
  noInputIds: (judge: string) => noCausalModel(`${judge} takes no input_ids`),
  noLogits: (judge: string) => noCausalModel(`${judge} gives no logits`),
  /** @param shape such as "1 x 2 x 3" */
  otherShape: (judge: string, shape: string) => `${judge} gives logits of the shape ${shape}: ${otherFile}.`,
  otherType: (judge: string, type: string) => `${judge} gives logits of the type ${type}: ${otherFile}.`,
  noNumbers: (judge: string) => `${judge} gives logits that are no numbers: ${otherFile}.`,
  left: (judge: string) => `${judge} has made room for another judge: evaluate again.`,
  otherFile,
});
