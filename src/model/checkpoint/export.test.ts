import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { bundledCheckpoint, fixtureCheckpoint } from '../../../fixtures/load.ts';
import goldenConfig from '../../../fixtures/golden/dit-d64/config.json';
import { differing } from '../../gpu/checks/numbers.ts';
import { studentConfig } from '../distill/student.ts';
import { expectedTensors, openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { exportCheckpoint, type ExportedCheckpoint } from './export.ts';
import { randomCheckpoint } from './random.ts';
import { decodeFloats, openSafetensors } from './safetensors.ts';

const open = ({ weights, config, tokenizer }: ExportedCheckpoint): Promise<Checkpoint> =>
  openCheckpoint({
    weights,
    config: JSON.parse(config) as object,
    ...(tokenizer === undefined ? {} : { tokenizer: JSON.parse(tokenizer) as object }),
  });

async function floats({ tensors }: Checkpoint, name: string): Promise<Float32Array> {
  return decodeFloats(await tensors.read(name), tensors.info(name).dtype);
}

/** Names, shapes and dtypes of a file, sorted. */
async function contents(weights: Blob): Promise<string[]> {
  const source = await openSafetensors(weights, 'file');
  return source
    .names()
    .map((name) => {
      const { shape, dtype } = source.info(name);
      return `${name} ${dtype} ${shape.join()}`;
    })
    .sort();
}

describe('a checkpoint, exported', () => {
  it.each(['dit-d64/student', 'dit-d64/causal'] as const)(
    '%s has the names, shapes and bits of its file, in f32 and as in the file',
    async (name) => {
      const checkpoint = await fixtureCheckpoint(name);
      for (const precision of ['f32', 'file'] as const) {
        const exported = await exportCheckpoint(checkpoint, { precision });
        expect(await contents(exported.weights)).toEqual(await contents(checkpoint.weights!));
        expect(exported.tokenizer).toBeUndefined();
        const again = await open(exported);
        expect(again.config).toEqual(checkpoint.config);
        for (const tensor of checkpoint.tensors.names()) {
          const bytes = Buffer.from(await again.tensors.read(tensor));
          expect([tensor, bytes.equals(await checkpoint.tensors.read(tensor))]).toEqual([tensor, true]);
        }
      }
    },
  );

  it('the bundled student: halves keep their bits, as f16 and as in the file; f32 is exact', async () => {
    const student = await bundledCheckpoint('student');
    const halves = await exportCheckpoint(student, { precision: 'f16' });
    const file = await exportCheckpoint(student, { precision: 'file' });
    const url = new URL('../../../public/weights/student/model.safetensors', import.meta.url);
    const published = Buffer.from(await readFile(url));
    // Even the header is the one that the format's own library wrote.
    expect(Buffer.from(await file.weights.arrayBuffer()).equals(published)).toBe(true);
    expect(Buffer.from(await halves.weights.arrayBuffer()).equals(published)).toBe(true);
    expect(JSON.parse(file.config)).toEqual(student.source!.config);
    const again = await open(file);
    expect(again.tokenizer?.encode('Once upon')).toEqual([419, 428]);
    expect(again.config).toEqual(student.config);

    const wide = await open(await exportCheckpoint(student, { precision: 'f32' }));
    const name = 'blocks.2.attn_qkv.weight';
    expect(wide.tensors.info(name).dtype).toBe('F32');
    expect(differing(await floats(wide, name), await floats(student, name))).toBe(0);
  });

  it('rounds to halves and says so, and takes the note back in f32', async () => {
    const checkpoint = await fixtureCheckpoint('dit-d64/student');
    const exported = await exportCheckpoint(checkpoint, { precision: 'f16' });
    const { weights_note: note, ...config } = JSON.parse(exported.config) as { weights_note: string };
    expect(note).toMatch(/half precision/);
    const source = checkpoint.source!.config as { model: object };
    expect(config).toEqual({ ...source, model: { ...source.model, name: 'dit-d64/student' } });
    const again = await open(exported);
    const [before, after] = await Promise.all([
      floats(checkpoint, 'vocab_embed.embedding'),
      floats(again, 'vocab_embed.embedding'),
    ]);
    expect(
      after.every((value, i) => Math.abs(value - before[i]) <= 2 ** -11 * Math.abs(before[i]) + 2 ** -25),
    ).toBe(true);
    expect(differing(after, before)).toBeGreaterThan(1000);
    // The rotary frequencies stay f32, as in the bundled files.
    expect(again.tensors.info('rotary_emb.inv_freq').dtype).toBe('F32');
    expect((await exportCheckpoint(again, { precision: 'file' })).config).toContain('half precision');
    expect((await exportCheckpoint(again, { precision: 'f32' })).config).not.toContain('half precision');
  });

  it.each([65_505, -1e6, Infinity, NaN])('refuses %d in half precision, naming the tensor', async (value) => {
    const checkpoint = await fixtureCheckpoint('dit-d64/causal');
    const wild: Checkpoint = {
      ...checkpoint,
      tensors: {
        ...checkpoint.tensors,
        read: async (name, rows) => {
          const bytes = await checkpoint.tensors.read(name, rows);
          if (name === 'output_layer.linear.bias') new DataView(bytes.buffer).setFloat32(8, value, true);
          return bytes;
        },
      },
    };
    await expect(exportCheckpoint(wild, { precision: 'f16' })).rejects.toThrow(
      `Tensor output_layer.linear.bias holds ${value}, but half precision ends at 65504: export the model as f32.`,
    );
  });

  it('makes a configuration, and rotary frequencies, for a model that has none', async () => {
    const { config } = await fixtureCheckpoint('dit-d64/student');
    const made = { ...config, timeConditioning: true, nativeSteps: 8, vocabulary: 11 };
    const random = randomCheckpoint(made);
    const exported = await exportCheckpoint(random, { precision: 'file' });
    const again = await open(exported);
    expect(again.config).toEqual(made);
    expect(again.tensors.names().toSorted()).toEqual(
      [...expectedTensors(made).keys(), 'rotary_emb.inv_freq'].sort(),
    );
    const released = await floats(await fixtureCheckpoint('dit-d64/student'), 'rotary_emb.inv_freq');
    const ours = await floats(again, 'rotary_emb.inv_freq');
    ours.forEach((frequency, i) => {
      expect(Math.abs(frequency / released[i] - 1)).toBeLessThan(3e-7);
    });
  });
});

describe('studentConfig', () => {
  it('says how the student was made, and keeps what the teacher said', async () => {
    const options = { loss: 'kl-fwd', m: 2, dt: 1 / 64, minimumSteps: 4, updatesPerRound: 50 } as const;
    const config = studentConfig(
      goldenConfig,
      options,
      { round: 3, dt: 1 / 16, nativeSteps: 8 },
      'stories 3',
    );
    expect(config).toEqual({
      ...goldenConfig,
      model: { ...goldenConfig.model, name: 'stories 3' },
      parameterization: {
        name: 'multi-round-sdtt',
        distill_mode: 'kl-fwd',
        num_distill_steps: 2,
        orig_num_sampling_steps: 64,
        min_num_sampling_steps: 4,
        grow_dt_every: 50,
        round: 3,
        native_steps: 8,
      },
    });
    const { weights } = await fixtureCheckpoint('dit-d64/student');
    const opened = await openCheckpoint({ config, weights: weights! });
    expect(opened.config).toMatchObject({ name: 'stories 3', nativeSteps: 8 });
  });
});
