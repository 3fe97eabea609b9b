/** Our kernels against onnxruntime-web: the page's own benchmark, in a real browser. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint } from '../src/model/checkpoint/checkpoint.ts';
import type { ModelConfig } from '../src/model/checkpoint/config.ts';
import { randomCheckpoint } from '../src/model/checkpoint/random.ts';
import { RELEASED_SMALL } from '../src/model/checkpoint/released-shapes.ts';
import type { BenchmarkOptions, BenchmarkProgress, BenchmarkResult } from '../src/worker/benchmark/result.ts';
import { withBuiltPage, type Skipped } from './browser.ts';

/** Name of the checkpoint of random weights in the folder that is served. */
const RANDOM = 'random.safetensors';

/** A network as a config.json of the released code. */
export function configFile(config: ModelConfig): object {
  return {
    time_conditioning: config.timeConditioning,
    training: { sampling_eps: config.samplingEps },
    model: {
      name: config.name,
      type: 'ddit-orig',
      hidden_size: config.hidden,
      cond_dim: config.condDim,
      length: config.length,
      n_blocks: config.blocks,
      n_heads: config.heads,
    },
  };
}

/** Write a checkpoint as a safetensors file, tensor by tensor: it may be larger than a buffer. */
export async function writeSafetensors({ tensors }: Checkpoint, path: string): Promise<void> {
  let end = 0;
  const entries = tensors.names().map((name) => {
    const { dtype, shape, begin: from, end: to } = tensors.info(name);
    const begin = end;
    end += to - from;
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = await open(path, 'w');
  try {
    await file.writeFile(length);
    await file.writeFile(header);
    for (const name of tensors.names()) await file.writeFile(await tensors.read(name));
  } finally {
    await file.close();
  }
}

/**
 * Run the page's benchmark in a Chromium, with all of its engines.
 * @param options.small the released small shape with random weights, L = 32, 128 and 1024, instead of the bundled student
 * @param options.lengths instead of these
 * @param report told what is under way
 */
export function measurePeers(
  root: string,
  { quick, small, lengths }: { quick: boolean; small: boolean; lengths?: number[] | undefined },
  report: (what: string) => void,
): Promise<BenchmarkResult | Skipped> {
  return withBuiltPage(root, async ({ browser, url, folder }) => {
    if (small) await writeSafetensors(randomCheckpoint(RELEASED_SMALL), join(folder, RANDOM));
    const page = await browser.newPage();
    await page.exposeFunction('tellProgress', (progress: BenchmarkProgress) => {
      const { case: name, engine, round, rounds } = progress;
      report(`${name}: ${engine}, ${round === 0 ? 'warm-up' : `round ${round} of at most ${rounds}`}`);
    });
    await page.goto(url);
    await page.waitForFunction(() => 'unmask' in window);
    const usual = quick ? [32] : small ? [32, 128, 1024] : [32, 128];
    const options: BenchmarkOptions = { lengths: lengths ?? usual, ...(quick ? { rounds: 3 } : {}) };
    const random = small ? { config: configFile(RELEASED_SMALL), weights: RANDOM } : undefined;
    return page.evaluate(
      async ({ options, random }) => {
        const { tellProgress } = window as unknown as { tellProgress: (progress: BenchmarkProgress) => void };
        const model = random ? { model: await window.unmask.open(random) } : {};
        return window.unmask.benchmark({ ...options, ...model, onBenchmark: tellProgress });
      },
      { options, random },
    );
  });
}
