import { describe, expect, it } from 'vitest';
import { RELEASED_SHAPES, parameterCount, shapeConfig } from '../../model/checkpoint/released-shapes.ts';
import type { DescribedModel } from './hub.ts';
import { judge, type Place } from './judge.ts';
import { needsOf } from './needs.ts';

/** A released model as the hub has it, in f32. */
function released(
  shape: keyof typeof RELEASED_SHAPES,
  dtype: DescribedModel['dtype'] = 'F32',
): DescribedModel {
  const config = shapeConfig('released', RELEASED_SHAPES[shape], 'diffusion', 1024);
  const parameters = parameterCount(config);
  const weights = { path: 'model.safetensors', bytes: (dtype === 'F32' ? 4 : 2) * parameters };
  return {
    ...{ id: 'a', title: 'A', source: {}, config, dtype, parameters, weights },
    files: [weights, { path: 'config.json', bytes: 1000 }],
    f16Bytes: 2 * parameters,
  };
}

const DEFAULT = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 };
const GPU: Place = { adapter: { name: 'a gpu', software: false }, freeBytes: 100e9 };

const judged = (
  shape: keyof typeof RELEASED_SHAPES,
  {
    place = GPU,
    limits = DEFAULT,
    dtype = 'F32',
  }: { place?: Place; limits?: typeof DEFAULT; dtype?: DescribedModel['dtype'] } = {},
) => {
  const model = released(shape, dtype);
  return judge(model, needsOf(model.config, place.adapter ? limits : undefined), place);
};

describe('a released model', () => {
  it.each(['169M', '424M', '863M'] as const)('of %s fits a device with default limits', (shape) => {
    const { fits, reasons, proposal, downloadBytes, storeBytes, gpuBytes, kept } = judged(shape);
    expect([fits, reasons, kept]).toEqual([true, [], 'disk']);
    expect(proposal).toMatchObject({ keep: 'f16', storage: 'f16' });
    expect(downloadBytes).toBe(storeBytes.file);
    expect(storeBytes.f16).toBeLessThan(0.51 * storeBytes.file);
    expect(gpuBytes.f16).toBeLessThan(gpuBytes.f32);
    expect(gpuBytes.f16).toBeGreaterThan(storeBytes.f16);
  });

  it('in f16 is kept as it is', () => {
    const { proposal, storeBytes } = judged('169M', { dtype: 'F16' });
    expect(proposal).toMatchObject({ keep: 'file', storage: 'f16' });
    expect(storeBytes.f16).toBe(storeBytes.file);
  });

  it('in bf16 is not rounded', () => {
    expect(judged('169M', { dtype: 'BF16' }).proposal).toMatchObject({ keep: 'file', storage: 'f32' });
  });

  it('that only fits as f16 is proposed like that, and says why', () => {
    const model = released('863M');
    const needs = needsOf(model.config, DEFAULT);
    const { fits, proposal, reasons } = judge(
      model,
      { ...needs, refusals: { f16: [], f32: ['Too large.'] } },
      GPU,
    );
    expect([fits, proposal.storage, reasons]).toEqual([true, 'f16', ['Too large.']]);
    expect(proposal.why).toBe('With f32 weights it would not run on this GPU; with f16 it does.');
  });

  it('that does not fit at all says so', () => {
    const limits = { maxBufferSize: 2 ** 24, maxStorageBufferBindingSize: 2 ** 24 };
    const { fits, reasons } = judged('863M', { limits });
    expect([fits, reasons.length > 0]).toEqual([false, true]);
  });
});

describe('where it is kept', () => {
  it('is memory where there is no room, or no store', () => {
    const tight = judged('424M', { place: { ...GPU, freeBytes: 1e9 } });
    expect([tight.kept, tight.proposal.keep]).toEqual(['disk', 'f16']);
    expect(tight.proposal.why).toMatch(/takes 1\.\d\d GB and this page has room for 1\.00 GB/);
    const full = judged('424M', { place: { ...GPU, freeBytes: 5e8 } });
    expect([full.kept, full.fits]).toEqual(['memory', true]);
    expect(full.reasons).toEqual([expect.stringMatching(/room for 500\.0 MB only/)]);
    const nowhere = judged('169M', { place: { ...GPU, unsaved: 'No files here.' } });
    expect([nowhere.kept, nowhere.reasons]).toEqual(['memory', ['No files here.']]);
  });

  it('counts what a download left', () => {
    const { downloadBytes, haveBytes, kept, storeBytes } = judged('169M', {
      place: { ...GPU, partial: { f16: { loaded: 6e8 } }, freeBytes: 1e8 },
    });
    expect([haveBytes, downloadBytes]).toEqual([6e8, storeBytes.file - 6e8]);
    // Most of its room is taken already.
    expect(kept).toBe('disk');
    expect(judged('169M', { place: { ...GPU, freeBytes: 1e8 } }).kept).toBe('memory');
    const here = judged('169M', { place: { ...GPU, here: { file: { bytes: 7 } } } });
    expect([here.kept, here.downloadBytes, here.haveBytes, here.proposal.keep]).toEqual([
      'here',
      0,
      7,
      'file',
    ]);
  });
});

describe('each way of keeping it', () => {
  it('has its own room, bytes and sentences', () => {
    const place: Place = {
      ...{ ...GPU, freeBytes: 5e8 },
      partial: { file: { loaded: 1e8, busy: true } },
    };
    const { by, proposal, storeBytes, gpuBytes, downloadBytes, kept, busy } = judged('169M', { place });
    expect([by.f16.kept, by.file.kept, proposal.keep, kept]).toEqual(['disk', 'memory', 'f16', 'disk']);
    expect([by.f16.downloadBytes, by.f16.haveBytes]).toEqual([storeBytes.file, 0]);
    expect([by.file.downloadBytes, by.file.haveBytes]).toEqual([storeBytes.file - 1e8, 1e8]);
    expect([by.f16.reasons, downloadBytes]).toEqual([[], storeBytes.file]);
    expect(by.file.reasons).toEqual([expect.stringMatching(/room for 500\.0 MB only/)]);
    expect([by.f16.storage, by.f16.gpuBytes]).toEqual(['f16', gpuBytes.f16]);
    expect([by.file.storage, by.file.gpuBytes]).toEqual(['f32', gpuBytes.f32]);
    expect(by.file.why).toMatch(/^The file takes 678\.\d MB, and nothing is rounded/);
    expect([by.file.busy, by.f16.busy, busy]).toEqual([true, undefined, undefined]);
  });

  it('lies on the GPU as it is kept, as far as that runs, or as was chosen', () => {
    const model = released('863M');
    const needs = { ...needsOf(model.config, DEFAULT), refusals: { f16: [], f32: ['Too large.'] } };
    const narrow = judge(model, needs, GPU).by.file;
    expect(narrow.storage).toBe('f16');
    expect(narrow.why).toMatch(/rounded to f16 on the GPU: with f32 weights it would not run/);
    expect(judged('169M', { dtype: 'BF16' }).by.file.storage).toBe('f32');
    const here = (storage?: 'f16') => {
      const place: Place = { ...GPU, here: { file: { bytes: 7, ...(storage ? { storage } : {}) } } };
      return judged('169M', { place }).proposal.storage;
    };
    expect([here(), here('f16')]).toEqual(['f32', 'f16']);
    const rounded = judged('169M', { place: { ...GPU, here: { f16: { bytes: 7 } } } });
    expect([rounded.proposal.keep, rounded.kept, rounded.by.file.kept]).toEqual(['f16', 'here', 'disk']);
  });

  it('counts a tokenizer that the page brings, in the store and not in the download', () => {
    const model = { ...released('169M'), ownBytes: 5000 };
    const { storeBytes, downloadBytes } = judge(model, needsOf(model.config, DEFAULT), GPU);
    const { bytes } = model.weights;
    expect([storeBytes.file, storeBytes.f16]).toEqual([bytes + 6000, model.f16Bytes + 6000]);
    expect(downloadBytes).toBe(bytes + 1000);
  });
});

it('a CPU takes weights of 2 GiB at most', () => {
  const place: Place = {};
  const small = judged('169M', { place });
  expect([small.fits, small.limits, small.adapter]).toEqual([true, [], undefined]);
  const large = judged('863M', { place });
  expect([large.fits, large.reasons]).toEqual([false, [expect.stringMatching(/at most 2\.15 GB/)]]);
  const software = judged('169M', { place: { adapter: { name: 'b', software: true } } });
  expect(software.reasons).toEqual([expect.stringMatching(/A CPU plays GPU here/)]);
});
