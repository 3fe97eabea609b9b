import { describe, expect, it, vi } from 'vitest';
import { Gpu } from '../device.ts';
import type { Kernel } from '../kernel.ts';
import { useTestGpu } from '../testing.ts';
import { checksFor, runKernelChecks, type CheckResult, type KernelCheck } from './check.ts';
import { KERNEL_CHECKS, runChecks } from './checks.ts';

const test = useTestGpu();

/** A kernel among what a module of kernels exports, or in the objects that it exports. */
function kernelsIn(value: unknown): Kernel[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('wgsl' in value && 'bindings' in value) return [value as Kernel];
  return Object.values(value).flatMap(kernelsIn);
}

describe('all checks', () => {
  it('pass, in the variants that this adapter would run, and leave no memory behind', async () => {
    const { gpu } = test;
    const memory = gpu.memory.total();
    /** Kernels compiled by each check, and the texts of all. */
    let compiled = new Set<string>();
    const texts: string[] = [];
    const compile = gpu.kernels.compile.bind(gpu.kernels);
    vi.spyOn(gpu.kernels, 'compile').mockImplementation((kernel, constants) => {
      compiled.add(kernel.name);
      texts.push(kernel.wgsl);
      return compile(kernel, constants);
    });
    const seen: CheckResult[] = [];
    const results = await runChecks(gpu, {
      onCheck: (result) => {
        seen.push(result);
        expect([...compiled], result.what).toContain(result.kernel);
        compiled = new Set();
      },
    });
    vi.restoreAllMocks();
    expect(seen).toEqual(results);
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results).toHaveLength(checksFor(gpu, KERNEL_CHECKS).length);
    expect(gpu.memory.total()).toEqual(memory);

    // Whatever lies with the kernels is part of a text that was run.
    const files = import.meta.glob<string>('../kernels/**/*.wgsl', {
      query: '?raw',
      import: 'default',
      eager: true,
    });
    expect(Object.keys(files).length).toBeGreaterThan(20);
    for (const [file, text] of Object.entries(files)) {
      expect(
        texts.some((whole) => whole.includes(text)),
        `${file} is in no kernel that a check runs`,
      ).toBe(true);
    }
  }, 400_000);

  it('cover every kernel by name', () => {
    const modules = import.meta.glob<object>(['../kernels/**/*.ts', '!../kernels/**/*.test.ts'], {
      eager: true,
    });
    const names = new Set(
      Object.values(modules)
        .flatMap(kernelsIn)
        .map(({ name }) => name),
    );
    expect(names.size).toBeGreaterThan(30);
    const { gpu } = test;
    const checked = checksFor(gpu, KERNEL_CHECKS).map(({ kernel }) => kernel);
    expect([...names].filter((name) => !checked.includes(name))).toEqual([]);
    // The generator is no kernel: a check brings one.
    expect(checked.filter((name) => !names.has(name) && name !== 'random')).toEqual([]);
  });

  it('can be told apart', () => {
    const titles = KERNEL_CHECKS.map(({ kernel, what }) => `${kernel}: ${what}`);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  });
});

describe('a broken kernel', () => {
  /** Checks of the kernels whose names begin so (or with $, are so), on a GPU that compiles `wrong` where a text says `right`. */
  async function failing(kernel: string, right: string, wrong: string): Promise<CheckResult[]> {
    const { gpu } = test;
    const meant = (name: string): boolean => `${name}$`.startsWith(kernel);
    const broken = new Gpu(gpu.device, gpu.adapter);
    vi.spyOn(broken.kernels, 'compile').mockImplementation((asked, constants) => {
      if (!meant(asked.name)) return gpu.kernels.compile(asked, constants);
      expect(asked.wgsl).toContain(right);
      return gpu.kernels.compile({ ...asked, wgsl: asked.wgsl.replace(right, wrong) }, constants);
    });
    const checks = KERNEL_CHECKS.filter(
      (check: KernelCheck) => meant(check.kernel) && check.gpuOnly !== true,
    );
    expect(checks).not.toEqual([]);
    const results = await runKernelChecks(broken, checks);
    expect(results).toHaveLength(checks.length);
    expect(broken.memory.total()).toEqual({ buffers: 0, bytes: 0 });
    return results.filter(({ ok }) => !ok);
  }

  it.each([
    ['random', 'one rotation of the generator', 'vec4<u32>(13u, 15u', 'vec4<u32>(13u, 14u'],
    ['random', 'noise of 12 bits', 'let v = (f32(r) + 0.5)', 'let v = (f32(r & 0xfff00000u) + 0.5)'],
    ['pack-weight', 'BF16 in the wrong half', 'bits16(at) << 16u', 'bits16(at)'],
    ['pack-weight', 'rotary pairs of other heads', '(within % 2u) * (HEAD_SIZE / 2u)', '(within % 2u)'],
    ['embedding-f32', 'the row above', 'weight(bound *', 'weight((max(bound, 1u) - 1u) *'],
    ['layernorm-modulate', 'no mean', '- origin - mean)', '- origin)'],
    ['linear-f16-direct', 'another epsilon', 'EPSILON: f32 = 1e-5', 'EPSILON: f32 = 1e-3'],
    ['linear-gelu-f16-direct', 'a rounded constant', '0.7978845608', '0.798'],
    ['linear-residual-f16-direct', 'nothing added', 'fma(g, value, y[at])', 'g * value'],
    ['linear-rope-f16-direct', 'turned the other way', 'value.x * a.x - value.y', 'value.x * a.x + value.y'],
    ['linear-gelu-f16-direct', 'the start of a text', 'span.first + m % span.count', 'm % span.count'],
    ['linear-f32-row', 'a slice left out', 's < SLICES; s++) { y', 's + 1u < SLICES; s++) { y'],
    ['attention$', 'exp2 for exp', 'exp(scores[q][j] - now)', 'exp2(scores[q][j] - now)'],
    ['attention$', 'a key to come', 'key > first_query', 'key > 1u + first_query'],
    [
      'attention-decode',
      'all but the newest key',
      'key_end = span.first + 1u',
      'key_end = max(span.first, 1u)',
    ],
    ['attention-weights', 'another scale', 'inverseSqrt(f32(HEAD_SIZE))', 'inverseSqrt(f32(SIZE4))'],
    ['attention-weights', 'the first head', 'let own_head = shape.head * SIZE4', 'let own_head = 0u'],
    ['head-logits-f32-direct', 'rows from the start', 'rows[selection.start + m]', 'rows[m]'],
    ['head-sample-f32-direct', 'the mask drawn', 'token + 1u < shape.columns', 'token < shape.columns'],
    [
      'sample-merge',
      'an entropy without its mean',
      'log(best.sum) + best.spread / best.sum',
      'log(best.sum)',
    ],
    ['head-score-f32-direct', 'the token after', 'token == wanted', 'token == wanted + 1u'],
    ['score-merge', 'no normaliser', 'log(all.sum) + (all.largest', '(all.largest'],
    ['sample-nucleus', 'another top-p', 'selection.top_p * mass', '0.5 * selection.top_p * mass'],
    ['select', 'ties to the higher row', 'other.x < own.x', 'other.x > own.x'],
    ['target', 'a sum that is not rescaled', 'lane_sum * exp(lane_largest - now)', 'lane_sum'],
    ['target', 'the mask drawn', 'token + 1u < task.vocabulary', 'token < task.vocabulary'],
    ['distill-loss', 'the law held fixed', '- p * sums.y', ''],
    [
      'cross-entropy',
      'the mask in the gradient',
      'gradient, below(i, real)',
      'gradient, below(i, real + 1u)',
    ],
    ['gradient-norm', 'the first blocks only', 'block += PARTIALS * BLOCK', 'block += size'],
    ['adamw', 'a moment with its bias', '/ update.second_bias', ''],
    ['matmul-nt-activate$', 'values past k taken', 'k < shape.k', 'k <= shape.k'],
    ['matmul-nt-residual$', 'the gate of the row', '/ shape.group_rows', '/ 1u'],
    ['matmul-nn-activate-backward$', 'GELU for its derivative', '(1.0 + 0.134145', '(0.0 + 0.134145'],
    ['matmul-tn-gradient$', 'nothing added', 'y[y_at(m, n)] += value', 'y[y_at(m, n)] = value'],
    ['layernorm-gather', 'every row in its own place', 'return slots[row]', 'return row'],
    ['layernorm-backward$', 'no mean of the gradient', 'g * gain - m.z', 'g * gain'],
    ['gate-backward', 'a row left out', 'r < rows', 'r + 1u < rows'],
    ['modulation-backward', 'a scale without its weight', 'sum *= weight[at]', 'sum *= 1.0'],
    ['embedding-backward', 'without its own row', 'r = row + index', 'r = row + 1u + index'],
    ['attention-save', 'another base', 'log(sum)', 'log2(sum)'],
    ['attention-backward-query-direct', 'no delta', 'gradient - of_query', 'gradient'],
    [
      'attention-backward-key-direct',
      'turned the other way',
      'select(-angle.y, angle.y',
      'select(angle.y, -angle.y',
    ],
  ])('%s fails with its error: %s', async (kernel, _fault, right, wrong) => {
    const failed = await failing(kernel, right, wrong);
    expect(failed).not.toEqual([]);
    for (const { error, bound, message } of failed) {
      expect(error).toBeGreaterThan(bound);
      expect(message).toBeUndefined();
    }
  });

  it('fails with the words of the compiler where it does not compile', async () => {
    const [failed] = await failing('layernorm-modulate', '- origin - mean)', '- nothing)');
    expect(failed).toMatchObject({ ok: false, error: Infinity });
    expect(failed.message).toMatch(/^Kernel layernorm-modulate does not compile: .*nothing/s);
  });
});
