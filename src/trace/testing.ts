/** Random trace files for tests. */
import fc from 'fast-check';
import type { TraceFile } from './file-format.ts';
import type { Trace, TraceStep } from './trace.ts';

const chance = fc.double({ min: 0, max: 1, noNaN: true });

/** A text in which each position comes in a step of its own choice, or was given. */
const traceOf = (length: number, maskId: number, steps: number): fc.Arbitrary<Trace> =>
  fc
    .array(
      fc.record({
        /** 0: given at the start. */
        step: fc.integer({ min: 0, max: steps === 0 ? 1 : steps + 1 }),
        token: fc.integer({ min: 0, max: maskId - 1 }),
        probability: chance,
        entropy: fc.double({ min: 0, max: 20, noNaN: true }),
      }),
      { minLength: length, maxLength: length },
    )
    .map((slots) => {
      let came = 0;
      const steppedOf = slots.map(({ step }) => (step === 0 ? 0 : steps === 0 ? ++came : step));
      const numbers = [...new Set(steppedOf)].filter((step) => step > 0).sort((a, b) => a - b);
      const trace = numbers.map((step): TraceStep => {
        const positions = [...slots.keys()].filter((position) => steppedOf[position] === step);
        const own = positions.map((position) => slots[position]);
        return {
          ...{ step, t: 1 / step, positions, tokens: own.map(({ token }) => token) },
          probabilities: own.map(({ probability }) => probability),
          entropies: own.map(({ entropy }) => entropy),
        };
      });
      return {
        ...{ version: 1, model: 'm', sampler: steps === 0 ? 'first-hitting' : 'ancestral', steps },
        ...{ forwardPasses: trace.length, seed: 5, sample: 0, temperature: 1, topP: 0.9, maskId },
        ...{ initial: slots.map(({ step, token }) => (step === 0 ? token : maskId)), trace },
      };
    });

const sizes = fc.record({
  length: fc.integer({ min: 2, max: 12 }),
  maskId: fc.integer({ min: 1, max: 30 }),
  steps: fc.integer({ min: 0, max: 8 }),
  texts: fc.integer({ min: 1, max: 3 }),
});

/** Files with everything that they may hold. */
export const traceFiles: fc.Arbitrary<TraceFile> = sizes.chain(({ length, maskId, steps, texts }) =>
  fc
    .record({
      traces: fc.array(traceOf(length, maskId, steps), { minLength: texts, maxLength: texts }),
      prompt: fc.string({ unit: 'binary', maxLength: 20 }),
      pieces: fc.dictionary(fc.integer({ min: 0, max: maskId }).map(String), fc.string({ unit: 'binary' }), {
        noNullPrototype: true,
      }),
      pins: fc.dictionary(
        fc.integer({ min: 0, max: length - 1 }).map(String),
        fc.integer({ min: 0, max: maskId - 1 }),
        { noNullPrototype: true },
      ),
      software: fc.boolean(),
    })
    .map(({ traces, prompt, pieces, pins, software }): TraceFile => {
      const { model, sampler, seed, temperature, topP } = traces[0];
      // What is pinned is there before the first step.
      const pinned = traces.map((trace) => ({
        ...trace,
        initial: trace.initial.map((token, slot) => (token !== maskId && slot in pins ? pins[slot] : token)),
      }));
      const given = Object.entries(pins).filter(([slot]) =>
        traces.every(({ initial }) => initial[Number(slot)] !== maskId),
      );
      return {
        ...{ version: 1, origin: 'live', saved: '2026-01-31T12:00:00.000Z', text: '0123abcd' },
        made: { backend: 'webgpu', adapter: 'acme one', software },
        model: { title: 'Student', bytes: 14_600_000 },
        settings: {
          ...{ model, sampler: sampler as 'ancestral', steps: Math.max(1, steps), seed, temperature, topP },
          ...{ slots: length, count: texts, prompt, bos: false, pins: Object.fromEntries(given) },
        },
        ...{ beginnings: 0, bos: 0, eos: maskId, pieces },
        traces: pinned.map((trace, sample) => ({ ...trace, sample })),
        cost: {
          ...{ forwardPasses: 3, dispatches: 100, submits: 3, milliseconds: 12.5, gpuMilliseconds: 9 },
          ...{ backend: 'webgpu', weights: 'f16' },
        },
      };
    }),
);
