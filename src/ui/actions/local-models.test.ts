import { describe, expect, it } from 'vitest';
import { modelsIn, type LocalFile } from './local-models.ts';

const files = (...paths: string[]): LocalFile[] => paths.map((path) => ({ path, file: new File([], path) }));

/** The models as paths. */
const found = (...paths: string[]) =>
  modelsIn(files(...paths)).map(({ title, weights, index, config, tokenizer }) => ({
    title,
    weights: weights.map(({ path }) => path).join(' '),
    ...(index && { index: index.path }),
    ...(config && { config: config.path }),
    ...(tokenizer && { tokenizer: tokenizer.path }),
  }));

describe('modelsIn', () => {
  it('finds the files of one model by their names', () => {
    expect(
      found('tokenizer_config.json', 'config.json', 'model.safetensors', 'tokenizer.json', 'README.md'),
    ).toEqual([
      {
        title: 'model',
        weights: 'model.safetensors',
        config: 'config.json',
        tokenizer: 'tokenizer.json',
      },
    ]);
    expect(found('my-config.json', 'generation_config.json', 'weights.safetensors')).toEqual([
      { title: 'weights', weights: 'weights.safetensors', config: 'my-config.json' },
    ]);
  });

  it('takes all shards as one, with their index', () => {
    expect(
      found(
        'big/config.json',
        'big/model-00002-of-00002.safetensors',
        'big/model-00001-of-00002.safetensors',
        'big/model.safetensors.index.json',
      ),
    ).toEqual([
      {
        title: 'big',
        weights: 'big/model-00002-of-00002.safetensors big/model-00001-of-00002.safetensors',
        index: 'big/model.safetensors.index.json',
        config: 'big/config.json',
      },
    ]);
  });

  it('takes a whole file before shards and pickles of the same model', () => {
    expect(
      found('a/config.json', 'a/model-1-of-1.safetensors', 'a/model.safetensors', 'a/pytorch_model.bin'),
    ).toEqual([{ title: 'a', weights: 'a/model.safetensors', config: 'a/config.json' }]);
  });

  it('finds every model of a tree, with what lies in the folders around it', () => {
    expect(
      found(
        'runs/tokenizer.json',
        'runs/round_10/model.safetensors',
        'runs/round_10/config.json',
        'runs/round_2/model.safetensors',
        'runs/round_2/config.json',
        'runs/round_2/optimizer.pt',
        'runs/notes.safetensors.txt',
      ),
    ).toEqual([
      {
        title: 'runs/round_2',
        weights: 'runs/round_2/model.safetensors',
        config: 'runs/round_2/config.json',
        tokenizer: 'runs/tokenizer.json',
      },
      {
        title: 'runs/round_10',
        weights: 'runs/round_10/model.safetensors',
        config: 'runs/round_10/config.json',
        tokenizer: 'runs/tokenizer.json',
      },
    ]);
  });

  it('asks by file where a folder holds several models, and leaves out what has no configuration', () => {
    expect(
      found('x/student.safetensors', 'x/teacher.safetensors', 'x/config.json', 'y/z.safetensors'),
    ).toEqual([
      { title: 'x/student', weights: 'x/student.safetensors', config: 'x/config.json' },
      { title: 'x/teacher', weights: 'x/teacher.safetensors', config: 'x/config.json' },
    ]);
  });

  it('hands what is no safetensors file to the engine, which says what is wrong with it', () => {
    expect(found('config.json', 'last.ckpt')).toEqual([
      { title: 'last.ckpt', weights: 'last.ckpt', config: 'config.json' },
    ]);
    expect(found('run/last.ckpt')).toEqual([{ title: 'run/last.ckpt', weights: 'run/last.ckpt' }]);
    expect(found('weights')).toEqual([{ title: 'weights', weights: 'weights' }]);
    // A folder is not chosen for each of its files.
    expect(found('run/README.md', 'run/config.json')).toEqual([]);
    expect(found('config.json')).toEqual([]);
    expect(found()).toEqual([]);
  });
});
