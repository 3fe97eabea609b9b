import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TorchPeer } from './torch.ts';

const facts = { torch: '9.9', device: 'a stub', ways: ['eager'], precisions: ['f32', 'bf16'] };
const shape = { hidden: 64, blocks: 2, heads: 2, vocabulary: 131, length: 32, rows: 4 };

/** Answers as bench/torch_peer.py does: a time of 10 ms for the first that is prepared, 20 for the second. */
const STUB = `
  const say = (answer) => console.log(JSON.stringify(answer));
  say(${JSON.stringify(facts)});
  let prepared = 0;
  require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { prepare, time } = JSON.parse(line);
    if (time !== undefined) return say({ milliseconds: 10 * (time + 1) });
    if (prepare.precision === 'bf16') return say({ problem: 'RuntimeError: no bf16 here' });
    if (prepare.precision === 'end') {
      console.error('Killed by the stub\\n');
      process.exit(1);
    }
    console.error(JSON.stringify(prepare.case));
    say({ prepared: prepared++ });
  });`;

describe('PyTorch in a process of its own', () => {
  let folder: string;
  const start = async (text: string) => {
    const path = join(folder, 'stub.cjs');
    await writeFile(path, text);
    return TorchPeer.start(folder, process.execPath, [path]);
  };
  const startStub = async () => {
    const started = await start(STUB);
    if ('skipped' in started) throw new Error(started.skipped);
    return started;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unmask-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('says what it is, and takes one timing at a time', async () => {
    const { peer, facts: said } = await startStub();
    try {
      expect(said).toEqual(facts);
      const timings = [await peer.prepare(shape, 'eager', 'f32'), await peer.prepare(shape, 'eager', 'f32')];
      const taken: number[] = [];
      for (const time of [...timings, timings[0]]) taken.push(await time());
      expect(taken).toEqual([10, 20, 10]);
    } finally {
      peer.close();
    }
  });

  it('goes on after something that it cannot do', async () => {
    const { peer } = await startStub();
    try {
      await expect(peer.prepare(shape, 'eager', 'bf16')).rejects.toThrow('RuntimeError: no bf16 here');
      const time = await peer.prepare(shape, 'eager', 'f32');
      expect(await time()).toBe(10);
    } finally {
      peer.close();
    }
  });

  it('says so when its process has ended, each time it is asked', async () => {
    const { peer } = await startStub();
    await expect(peer.prepare(shape, 'eager', 'end')).rejects.toThrow(/gave no answer: Killed by the stub/);
    await expect(peer.prepare(shape, 'eager', 'f32')).rejects.toThrow(/gave no answer/);
  });

  it('is left out with a sentence where there is none', async () => {
    const absent = await TorchPeer.start(folder, join(folder, 'no-such-python'));
    expect(absent).toEqual({
      skipped: expect.stringMatching(/no-such-python gave no answer: .*ENOENT/) as unknown,
    });
    const problem = { problem: 'python3 cannot import torch: No module named torch' };
    expect(await start(`console.log(${JSON.stringify(JSON.stringify(problem))})`)).toEqual({
      skipped: problem.problem,
    });
    expect(await start('console.error("Illegal instruction"); process.exit(132)')).toEqual({
      skipped: expect.stringMatching(/gave no answer: Illegal instruction/) as unknown,
    });
  });

  it('is left out where what runs is something else', async () => {
    expect(await start('console.log("Welcome!"); process.stdin.resume()')).toEqual({
      skipped: expect.stringMatching(/answered "Welcome!"/) as unknown,
    });
  });
});
