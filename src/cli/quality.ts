/**
 * The program of `npm run quality`: how good the bundled models write, measured as the page's Race view does, without a page.
 * Working directory: the root of the repository.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { nodeWebGpu } from '../gpu/testing.ts';
import { createWebGpuDenoiser } from '../model/backend/webgpu.ts';
import { Engine } from '../worker/engine.ts';
import type { Estimate, LaneResult } from '../worker/race/result.ts';

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
  const engine = new Engine({
    gpu: await nodeWebGpu(),
    secure: true,
    base: pathToFileURL(join(process.cwd(), 'public', 'weights', '/')).href,
    createDenoiser: createWebGpuDenoiser,
    fetcher: async (url) => new Response(new Uint8Array(await readFile(new URL(url)))),
  });
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

if (values.help) console.log(USAGE);
else {
  try {
    await measure();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
