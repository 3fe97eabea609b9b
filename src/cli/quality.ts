/**
 * The program of `npm run quality`: how good the bundled models write, measured as the page's Race view does, without a page.
 * Working directory: the root of the repository.
 */
import { parseArgs } from 'node:util';
import type { Estimate, LaneResult } from '../worker/race/result.ts';
import { openEngine, runProgram } from './headless.ts';

const USAGE = `npm run quality -- [options]
  --models teacher,student     ids of bundled models (these two)
  --steps 4                    nominal steps, separated by commas
  --tokens 32                  tokens that are written, besides the one that begins a text
  --texts 256                  texts of each lane
  --seed 0                     of all lanes
It writes with the ancestral sampler at temperature 1 and judges by the causal model.`;

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: 'teacher,student' },
    steps: { type: 'string', default: '4' },
    tokens: { type: 'string', default: '32' },
    texts: { type: 'string', default: '256' },
    seed: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});

const within = ({ mean, low, high }: Estimate, digits: number): string =>
  low === undefined || high === undefined
    ? mean.toFixed(digits)
    : `${mean.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

function row({ model, trace, quality }: LaneResult): string {
  if (!quality?.perplexity) throw new Error(`${model} was not judged`);
  const { perplexity, entropy, distinct2 } = quality;
  const cells = [within(perplexity, 1), within(entropy, 3), within(distinct2, 3)];
  return `| ${[model, trace.steps, ...cells].join(' | ')} |`;
}

async function measure(): Promise<void> {
  const [length, count, seed] = [Number(values.tokens) + 1, Number(values.texts), Number(values.seed)];
  const engine = await openEngine();
  const { adapter } = await engine.call('ready', {});
  const lanes = values.models
    .split(',')
    .flatMap((model) => values.steps.split(',').map((steps) => ({ model, steps: Number(steps), length })));
  console.log(
    `${count} texts of ${values.tokens} tokens, ancestral sampler, seed ${seed}, f16 weights, f32 arithmetic, on ${adapter}\n`,
  );
  console.log('| model | steps | perplexity | entropy, nats | distinct-2 |\n| --- | --- | --- | --- | --- |');
  // One race for each lane: its row is there as soon as it is measured.
  for (const lane of lanes) {
    const [result] = await engine.call('race', { lanes: [lane], seed, count, repeats: 1 });
    console.log(row(result));
  }
  engine.destroy();
}

await runProgram(async () => {
  if (values.help) console.log(USAGE);
  else await measure();
  return 0;
});
