import { expect, it } from 'vitest';
import type { CheckResult, DeviceReport } from '../../worker/protocol.ts';
import { agreement, errorText, markdown, verdict } from './report.ts';

const check = (fields: Partial<CheckResult>): CheckResult => ({
  ...{ kernel: 'attention', what: '2 x 33 tokens, heads of 64', bound: 1e-5, measure: 'absolute' },
  ...{ error: 2e-7, ok: true, milliseconds: 12.4 },
  ...fields,
});
const device: DeviceReport = {
  ...{ adapter: 'acme one', vendor: 'acme', architecture: 'one', software: false },
  ...{ features: ['timestamp-query'], limits: { maxBufferSize: 2 ** 30 }, tuning: { '32 x 256': 'tiled' } },
  memory: [{ owner: 'weights', bytes: 5 }],
};

it('errorText has two digits, and none for what could not be measured', () => {
  expect([0, 2e-7, 0.0123, 3.44, 1234, Infinity, NaN].map(errorText)).toEqual([
    ...['0', '2.0e-7', '0.012', '3.4', '1.2e+3', 'none', 'none'],
  ]);
});

it('verdict counts what is wrong', () => {
  expect(verdict([])).toBe('Nothing has been checked yet.');
  expect(verdict([check({}), check({})])).toBe('All 2 checks are within their bounds.');
  expect(verdict([check({}), check({ ok: false })])).toBe('1 of 2 checks is out of bounds.');
});

it('the report has everything that a report of a fault needs', () => {
  const network = { model: 'student', length: 32, masked: 20, logits: 1.2e-5, draws: 1280, equal: 1279 };
  const benchmark = {
    ...{ adapter: 'acme one', software: false, date: '2026-01-02' },
    cases: [
      {
        ...{ name: 'student, L = 32, forward pass', length: 32, kind: 'pass' as const },
        rows: [
          { engine: 'ours' as const, variant: 'x', precision: 'f16', median: 1.5, low: 1, high: 2, n: 3 },
        ],
      },
    ],
  };
  const text = markdown({
    ...{ date: '2026-01-02', browser: 'Browser 1', device, network, benchmark },
    ready: { backend: 'webgpu', adapter: 'acme one', software: false },
    checks: [check({}), check({ kernel: 'gemm|x', ok: false, error: Infinity, message: 'does not compile' })],
  });
  expect(text).toContain('# Unmask self-test, 2026-01-02');
  expect(text).toContain('| attention | 2 x 33 tokens, heads of 64 | 2.0e-7 | 1.0e-5 | absolute | 12 | ok |');
  expect(text).toContain('| gemm\\|x |');
  expect(text).toContain('WRONG does not compile');
  expect(text).toContain('| maxBufferSize | 1073741824 |');
  expect(text).toContain('timestamp-query');
  expect(text).toContain('32 x 256: tiled');
  expect(text).toContain(agreement(network));
  expect(text).toContain('L = 32, forward pass');
  expect(agreement(network)).toContain('1,279 of 1,280 draws');
});

it('the report of a page without WebGPU says why', () => {
  const ready = { backend: 'wasm', adapter: 'CPU, 1 thread', software: false, why: 'No adapter.' } as const;
  const text = markdown({
    date: 'd',
    browser: 'b',
    ready,
    device: undefined,
    checks: [],
    network: undefined,
    benchmark: undefined,
  });
  expect(text).toContain('wasm on CPU, 1 thread; No adapter.');
  expect(text).toContain('Nothing has been checked yet.');
});
