import { expect, it, vi } from 'vitest';

vi.mock('../engine.ts', () => ({ engine: {} }));

const { neitherAmong, traceAmong } = await import('./open-trace.ts');

const chosen = (...files: [name: string, content: string][]) =>
  files.map(([name, content]) => ({ path: name, file: new File([content], name) }));

it('names a JSON file that is no trace, and both things that it might have been', async () => {
  const files = chosen(['notes.json', '{ "a": 1 }']);
  expect(await traceAmong(files)).toBeUndefined();
  expect(neitherAmong(files)).toMatchObject({
    code: 'file-format',
    message: expect.stringMatching(/^notes\.json is neither a trace nor part of a checkpoint: /) as string,
  });
});

it('leaves parts of checkpoints, and several files, to those who open them', () => {
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors.index.json', 'model.safetensors'])
    expect(neitherAmong(chosen([name, '{}']))).toBeUndefined();
  expect(neitherAmong(chosen(['a.json', '{}'], ['b.safetensors', '']))).toBeUndefined();
  expect(neitherAmong([])).toBeUndefined();
});
