/**
 * The benchmark of the command line: `npm run bench`. It prints what it measures and asserts nothing.
 * Working directory: the root of the repository (scripts/bench.mjs sees to that).
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { openGpu, type Gpu } from '../src/gpu/device.ts';
import { openCheckpoint, type Checkpoint } from '../src/model/checkpoint/checkpoint.ts';
import { randomCheckpoint } from '../src/model/checkpoint/random.ts';
import { RELEASED_SMALL } from '../src/model/checkpoint/released-shapes.ts';
import { checkLengths } from '../src/worker/arguments.ts';
import { benchmarkMarkdown } from '../src/worker/benchmark/report.ts';
import type { Effort } from '../src/worker/benchmark/spread.ts';
import { compareVariants, measureModel, type ModelCase } from './cases.ts';
import { measureDecoding } from './decoding.ts';
import { measureNative } from './native.ts';
import { parseOptions, USAGE, type BenchOptions, type Part } from './options.ts';
import { measurePage } from './page.ts';
import { measurePeers } from './peers.ts';
import { markdown, reportName, type Report } from './report.ts';
import { TorchPeer } from './torch.ts';
import { measureTraining } from './training.ts';
import { trainingMarkdown } from './training/report.ts';

const root = process.cwd();

const report = (what: string): void => {
  console.error(what);
};

/** Kept for ever: Dawn frees its devices with it. */
let dawn: GPU;

/** Dawn in Node, on whatever adapter it prefers. Its timestamps are rounded to 100 us unless told otherwise. */
async function openNodeGpu(): Promise<Gpu> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  dawn = create(['disable-dawn-features=timestamp_quantization']);
  const gpu = await openGpu(dawn);
  gpu.device.addEventListener('uncapturederror', ({ error }) => {
    throw new Error(`the device reports: ${error.message}`);
  });
  return gpu;
}

async function bundled(id: 'student' | 'causal'): Promise<Checkpoint> {
  const read = (file: string) => readFile(join(root, 'public', 'weights', id, file));
  return openCheckpoint({
    config: JSON.parse((await read('config.json')).toString()) as object,
    weights: new Blob([new Uint8Array(await read('model.safetensors'))]),
    file: `${id}/model.safetensors`,
  });
}

/** A model, and how often it is measured. */
interface Measured {
  /** Whether a pass takes seconds where there is no GPU. */
  large: boolean;
  model: ModelCase;
  effort: Effort;
}

/** Repeats: many where a pass takes microseconds, few where it takes seconds. */
function effort(quick: boolean, large: boolean): Effort {
  if (quick) return { most: 5, least: 1, seconds: 1 };
  return large ? { most: 21, least: 2, seconds: 6 } : { most: 21, least: 3, seconds: 4 };
}

/** Print a report and keep it, with the numbers it was made of. */
async function write(name: string, text: string, result: object): Promise<void> {
  const folder = join(root, 'bench', 'results');
  const path = join(folder, name);
  await mkdir(folder, { recursive: true });
  await writeFile(`${path}.md`, text);
  await writeFile(`${path}.json`, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\n${text}\nWritten to ${path}.md and .json`);
}

/** Measure onnxruntime-web beside our kernels. `random`: with the weights that `measurePeers` calls small. */
async function runPeers({ quick, random, lengths }: BenchOptions): Promise<void> {
  const result = await measurePeers(root, { quick, small: random, lengths }, report);
  if ('skipped' in result) {
    console.log(`Peers: not measured (${result.skipped}).`);
    return;
  }
  const name = reportName({ date: result.date, adapter: { name: result.adapter } });
  await write(`${name}-peers${random ? '-random' : ''}`, benchmarkMarkdown(result), result);
}

/** Measure our training beside jax-js and TensorFlow.js. */
async function runTraining({ quick, lengths }: BenchOptions): Promise<void> {
  const usual = quick ? [32] : [32, 128];
  const often = { most: quick ? 3 : 21, least: 1, seconds: quick ? 1 : 20 };
  const result = await measureTraining(root, { lengths: lengths ?? usual, effort: often }, report);
  if ('skipped' in result) {
    console.log(`Training: not measured (${result.skipped}).`);
    return;
  }
  const name = reportName({ date: result.date, adapter: { name: result.adapter } });
  await write(`${name}-training`, trainingMarkdown(result), result);
}

/** What is measured in a page that has no need of a device here. */
const IN_PAGES: ReadonlySet<Part> = new Set(['peers', 'training']);

/** The models that are asked for. @throws UnmaskError for a length that one does not take */
async function modelsOf({ quick, parts, lengths }: BenchOptions): Promise<Measured[]> {
  const models: Measured[] = [];
  const add = (large: boolean, model: ModelCase): void => {
    checkLengths(model.lengths, model.checkpoint.config);
    models.push({ large, model, effort: effort(quick, large) });
  };
  if (parts.has('student')) {
    const checkpoint = await bundled('student');
    add(false, { name: 'student', checkpoint, lengths: lengths ?? [32, 128], steps: 8 });
  }
  if (parts.has('small')) {
    const checkpoint = randomCheckpoint(RELEASED_SMALL);
    add(true, { name: 'small', checkpoint, lengths: lengths ?? [32], steps: 8 });
  }
  return models;
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
    return;
  }
  const { quick, variants, native, parts } = options;
  const models = await modelsOf(options);
  if (parts.has('peers')) await runPeers(options);
  if (parts.has('training')) await runTraining(options);
  if ([...parts].every((part) => IN_PAGES.has(part))) return;
  const gpu = await openNodeGpu();
  const processor = cpus();
  const result: Report = {
    date: new Date().toISOString(),
    adapter: gpu.adapter,
    host: `${processor[0]?.model ?? 'unknown processor'}, ${processor.length} threads, ${process.platform}, Node ${process.versions.node} (Dawn)`,
    sampler: 'ancestral, temperature 1, top-p 1',
    models: [],
    variants: [],
  };
  if (gpu.adapter.software)
    report(`${gpu.adapter.name}: a CPU plays GPU here; times say nothing about a GPU.`);
  for (const { large, model, effort } of models) {
    result.models.push(await measureModel(gpu, model, effort, report));
    // On a software adapter the kernels for GPUs take minutes over the larger model.
    if (gpu.adapter.software ? variants && !large : true) {
      const times = gpu.adapter.software ? { most: 2, least: 1, seconds: 10 } : effort;
      result.variants.push(await compareVariants(gpu, model, times, report));
    }
  }
  if (native) {
    report('PyTorch: starting');
    result.native = await measureNative(gpu, models, await TorchPeer.start(root), report);
  }
  if (parts.has('decoding')) {
    const checkpoints = { diffusion: await bundled('student'), causal: await bundled('causal') };
    result.decoding = await measureDecoding(gpu, checkpoints, effort(quick, false), report);
  }
  gpu.destroy();
  if (parts.has('page')) {
    report('page: navigation to first token and to the live run');
    result.page = await measurePage(root, quick ? 1 : 3);
  }

  await write(`${reportName(result)}${native ? '-native' : ''}`, markdown(result), result);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
