import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../../fixtures/golden/dit-d64/config.json';
import { UnmaskError } from '../errors.ts';
import { parseConfig } from './config.ts';

/** The golden configuration with one field changed; the path is like 'model.n_heads'. */
function changed(path: string, value: unknown): unknown {
  const config = structuredClone(golden) as unknown as Record<string, unknown>;
  const parts = path.split('.');
  const last = parts.pop()!;
  const parent = parts.reduce((object, part) => object[part] as Record<string, unknown>, config);
  parent[last] = value;
  return config;
}

describe('parseConfig', () => {
  it('reads the released schema', () => {
    expect(parseConfig(golden, 'config.json')).toEqual({
      name: 'golden',
      kind: 'diffusion',
      hidden: 64,
      heads: 2,
      blocks: 2,
      condDim: 32,
      length: 24,
      timeConditioning: false,
      samplingEps: 1e-5,
    });
  });

  it('does with the least that a configuration can say', () => {
    const model = { type: 'dit_orig', hidden_size: 8, n_heads: 2, n_blocks: 1, cond_dim: 4, length: 16 };
    const config = parseConfig({ model }, 'x');
    expect(config).toMatchObject({ name: 'diffusion', timeConditioning: false, samplingEps: 1e-5 });
    expect(config).not.toHaveProperty('nativeSteps');
  });

  it('knows the spellings of both networks', () => {
    for (const type of ['ddit-orig', 'ddit_orig', 'dit-orig', 'dit_orig']) {
      expect(parseConfig(changed('model.type', type), 'x').kind).toBe('diffusion');
    }
    for (const type of ['ar-orig', 'ar_orig']) {
      expect(parseConfig(changed('model.type', type), 'x').kind).toBe('causal');
    }
  });

  it('lets a causal model leave out the conditioning, and no other', () => {
    const without = changed('model.cond_dim', undefined) as { model: object };
    expect(parseConfig({ ...without, model: { ...without.model, type: 'ar_orig' } }, 'x').condDim).toBe(0);
    expect(() => parseConfig(without, 'x')).toThrow('model.cond_dim is missing');
  });

  it('reads what differs between checkpoints', () => {
    expect(parseConfig(changed('time_conditioning', true), 'x').timeConditioning).toBe(true);
    expect(parseConfig(changed('training.sampling_eps', 1e-3), 'x').samplingEps).toBe(1e-3);
    expect(parseConfig(changed('parameterization.native_steps', 2), 'x').nativeSteps).toBe(2);
    expect(parseConfig(changed('unheard_of', { of: 1 }), 'x').name).toBe('golden');
  });

  it.each([
    ['model', undefined, 'an object'],
    ['model', [], 'an object'],
    ['model.type', 'dimamba', 'one of ddit-orig'],
    ['model.hidden_size', 0, 'an integer from 1'],
    ['model.hidden_size', '64', 'an integer from 1'],
    ['model.hidden_size', 1e9, 'to 65536'],
    ['model.n_heads', 3, 'heads of an even size'],
    ['model.n_heads', 64, 'heads of an even size'],
    ['model.n_blocks', 1.5, 'an integer'],
    ['model.cond_dim', 0, 'an integer from 1'],
    ['model.length', null, 'an integer'],
    ['model.tie_word_embeddings', true, 'false'],
    ['model.name', 7, 'a string'],
    ['noise', 'loglinear', 'an object'],
    ['noise.type', 'cosine', '"loglinear"'],
    ['T', 1000, '0 (continuous time)'],
    ['time_conditioning', 'no', 'true or false'],
    ['training.sampling_eps', 0, 'a number between 0 and 1'],
    ['training.sampling_eps', 1, 'a number between 0 and 1'],
    ['parameterization.native_steps', 0, 'a positive integer'],
  ])('refuses %s = %j and says what it must be', (field, value, wanted) => {
    const parse = () => parseConfig(changed(field, value), 'my/config.json');
    expect(parse).toThrow(UnmaskError);
    expect(parse).toThrow(expect.objectContaining({ code: 'config' }));
    expect(parse).toThrow(`my/config.json: ${field} is `);
    expect(parse).toThrow(wanted);
  });

  const mdlm = {
    ...{ model_type: 'mdlm', architectures: ['MDLM'], dropout: 0.1, return_dict: false },
    ...{ hidden_dim: 768, n_heads: 12, n_blocks: 12, cond_dim: 128, model_length: 1024 },
    ...{ vocab_size: 50_258, time_conditioning: false },
  };

  it('reads the schema of the released MDLM', () => {
    expect(parseConfig(mdlm, 'x')).toEqual({
      ...{ name: 'mdlm', kind: 'diffusion', hidden: 768, heads: 12, blocks: 12, condDim: 128, length: 1024 },
      ...{ vocabulary: 50_258, timeConditioning: false, samplingEps: 1e-5 },
    });
    expect(parseConfig({ ...mdlm, time_conditioning: true }, 'x').timeConditioning).toBe(true);
    // A `model` is what the other schema has.
    expect(parseConfig({ ...mdlm, ...golden }, 'x')).toMatchObject({ name: 'golden', hidden: 64 });
  });

  it.each([
    ['model_type', 'llama', '"mdlm"'],
    ['model_type', null, '"mdlm"'],
    ['hidden_dim', undefined, 'an integer from 1'],
    ['n_heads', 5, 'such that hidden_dim (768) divides'],
    ['n_blocks', '12', 'an integer from 1'],
    ['cond_dim', 0, 'an integer from 1'],
    ['model_length', 0, 'an integer from 1'],
    ['vocab_size', undefined, 'an integer from 2'],
    ['vocab_size', 1, 'an integer from 2'],
    ['time_conditioning', 1, 'true or false'],
    ['tie_word_embeddings', true, 'false'],
  ])('refuses %s = %j in that schema', (field, value, wanted) => {
    const parse = () => parseConfig({ ...mdlm, [field]: value }, 'my/config.json');
    expect(parse).toThrow(expect.objectContaining({ code: 'config' }));
    expect(parse).toThrow(`my/config.json: ${field} is `);
    expect(parse).toThrow(wanted);
  });

  it('fails on nothing but with an UnmaskError', () => {
    const attempt = (config: unknown): void => {
      try {
        const { hidden, heads } = parseConfig(config, 'x');
        expect((hidden / heads) % 2).toBe(0);
      } catch (error) {
        if (!(error instanceof UnmaskError)) throw error;
        expect(error.code).toBe('config');
      }
    };
    const fields = [
      ...['model', 'noise', 'training', 'parameterization', 'T', 'time_conditioning'],
      ...Object.keys(golden.model).map((field) => `model.${field}`),
      ...['training.sampling_eps', 'parameterization.native_steps', 'noise.type'],
    ];
    const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true });
    fc.assert(
      fc.property(fc.constantFrom(...fields), anything, (field, value) => {
        attempt(changed(field, value));
        attempt(value);
        attempt({ ...mdlm, [field.replace('model.', '')]: value });
      }),
      { numRuns: 500 },
    );
  });
});
