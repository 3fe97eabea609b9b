import { localised } from '../../words/localised.ts';

/** onnxruntime on the GPU, to be measured against. */
export const peerWords = localised({
  readsTime: (name: string) =>
    `${name} reads the time: only networks that do not are measured on onnxruntime.`,
  otherPlan: (length: number, rows: number) =>
    `The plan is not one for ${length} tokens and ${rows} rows a pass.`,
  /** What the GPU has no room for. */
  logits: 'logits of onnxruntime',
});
