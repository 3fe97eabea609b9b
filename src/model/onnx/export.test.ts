import { describe, expect, it } from 'vitest';
import { bundledCheckpoint, fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import { exportOnnx } from './export.ts';
import { openGraph, openOnnxSession } from './session.ts';
import { allRows, ints, runtime } from './testing.ts';

describe('an exported model', () => {
  it('runs by itself, to the same bits as the one that reads the checkpoint', async () => {
    const checkpoint = await bundledCheckpoint('student');
    const golden = await fixture('bundled');
    const inputs = { tokens: ints(await golden.ints('xt'), [2, 32]), rows: allRows(64) };
    const file = await exportOnnx(checkpoint);
    const alone = await openGraph(runtime, 'export', new Uint8Array(await file.arrayBuffer()), {});
    const beside = await openOnnxSession(runtime, checkpoint);
    expect((await alone.run(inputs)).logits.data).toEqual((await beside.run(inputs)).logits.data);
    await Promise.all([alone.release(), beside.release()]);
  });

  it('is made of ranges of the file, which nobody reads before the blob is read', async () => {
    const checkpoint = await fixtureCheckpoint('dit-d64/student');
    const reads: string[] = [];
    const read = (name: string) => (reads.push(name), checkpoint.tensors.read(name));
    const file = await exportOnnx({ ...checkpoint, tensors: { ...checkpoint.tensors, read } });
    // Modulation is computed, so its tensors are read: those of the matrices are not.
    expect(
      reads.filter((name) => /attn|mlp\.[02]\.weight|embed|linear/.test(name) && !/sigma/.test(name)),
    ).toEqual([]);
    expect(reads).toContain('blocks.0.norm1.weight');
    const { begin, end } = checkpoint.tensors.info('blocks.1.mlp.2.weight');
    const wanted = Buffer.from(await checkpoint.weights!.slice(begin, end).arrayBuffer());
    expect(Buffer.from(await file.arrayBuffer()).includes(wanted)).toBe(true);
  });

  it('has the tensors of a checkpoint without a file, too', async () => {
    const { weights, ...without } = await fixtureCheckpoint('dit-d64/causal');
    const file = await exportOnnx(without);
    expect(file.size).toBe((await exportOnnx({ ...without, weights: weights! })).size);
    const session = await openGraph(runtime, 'export', new Uint8Array(await file.arrayBuffer()), {});
    expect(session.outputNames).toEqual([
      'logits',
      ...[0, 1].flatMap((i) => [`present.${i}.key`, `present.${i}.value`]),
    ]);
    await session.release();
  });

  it('is refused where it would not fit one file, before anything is written', async () => {
    const checkpoint = await fixtureCheckpoint('dit-d64/student');
    const { size } = await exportOnnx(checkpoint);
    await expect(exportOnnx(checkpoint, 'f32', size)).resolves.toHaveProperty('size', size);
    for (const largest of [size - 1, 1000]) {
      await expect(exportOnnx(checkpoint, 'f32', largest)).rejects.toMatchObject({
        code: 'limit',
        message: expect.stringContaining(`one ONNX file holds at most ${largest}`) as string,
      });
    }
    // Beyond what a checkpoint of ours has: its declared sizes suffice.
    const info = (name: string) => ({ ...checkpoint.tensors.info(name), begin: 0, end: 2 ** 32 });
    const huge = exportOnnx({ ...checkpoint, tensors: { ...checkpoint.tensors, info } });
    await expect(huge).rejects.toMatchObject({ code: 'limit' });
  });
});
