import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCheckpoint } from '../src/model/checkpoint/checkpoint.ts';
import { randomCheckpoint } from '../src/model/checkpoint/random.ts';
import { RELEASED_SMALL } from '../src/model/checkpoint/released-shapes.ts';
import { configFile, writeSafetensors } from './peers.ts';

it('writes random weights as files that can be opened like any others', async () => {
  const config = { ...RELEASED_SMALL, hidden: 64, heads: 2, blocks: 2, condDim: 32, vocabulary: 131 };
  const made = randomCheckpoint(config);
  const folder = await mkdtemp(join(tmpdir(), 'unmask-'));
  try {
    const path = join(folder, 'random.safetensors');
    await writeSafetensors(made, path);
    const weights = new Blob([new Uint8Array(await readFile(path))]);
    const opened = await openCheckpoint({ config: configFile(config), weights });
    expect(opened.config).toEqual(config);
    const name = 'blocks.1.mlp.0.weight';
    expect(await opened.tensors.read(name)).toEqual(await made.tensors.read(name));
  } finally {
    await rm(folder, { recursive: true });
  }
});
