import { describe, it } from 'vitest';
import { runtime } from '../onnx/testing.ts';
import { expectReferenceAttention, expectRefusals, NETWORKS } from './attention.testing.ts';
import { createOnnxModel } from './onnx.ts';

describe('attention on onnxruntime', () => {
  it.each(Object.entries(NETWORKS))('is that of the reference in the %s network', async (_name, { open }) => {
    const checkpoint = await open();
    const model = await createOnnxModel(runtime, checkpoint);
    await expectReferenceAttention(model, checkpoint, [1, 2, 13, 24]);
    await expectRefusals(model);
    model.destroy();
  });
});
