/**
 * The benchmark of the command line: `npm run bench`. It prints what it measures and asserts nothing.
 * Working directory: the root of the repository (scripts/bench.mjs sees to that).
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openGpu, type Gpu } from '../src/gpu/device.ts';
import { openCheckpoint, type Checkpoint } from '../src/model/checkpoint/checkpoint.ts';
import { compareVariants, measureModel, type ModelCase } from './cases.ts';
import { benchmarkMarkdown } from '../src/worker/benchmark/report.ts';
import { measureDecoding } from './decoding.ts';
import { measurePage } from './page.ts';
import { measurePeers } from './peers.ts';
import { randomCheckpoint } from '../src/model/checkpoint/random.ts';
import { RELEASED_SMALL } from '../src/model/checkpoint/released-shapes.ts';
import { markdown, reportName, type Report } from './report.ts';
import type { Effort } from '../src/worker/benchmark/spread.ts';

const USAGE = `npm run bench -- [options]
  --quick                      few repeats
  --only student|small|decoding|page|peers
                               only this: the bundled student, random weights of the released small shape, the causal
                               baseline beside the student, the time from navigation to the first token, or
                               onnxruntime-web beside us, in the page; may be given more than once. Without it, all
                               but the peers
  --random                     peers: the released small shape with random weights instead of the bundled student
  --variants                   compare GEMM kernels also on a software adapter, where those for GPUs are very slow
  --help                       this text
UNMASK_GPU=hardware measures the GPU of this machine on Linux, where a software adapter is the default.`;

const PARTS = ['student', 'small', 'decoding', 'page', 'peers'] as const;
/** What is measured unless something is asked for: peers take long where they are slow. */
const DEFAULT_PARTS: Part[] = ['student', 'small', 'decoding', 'page'];
type Part = (typeof PARTS)[number];

interface Choices {
  quick: boolean;
  variants: boolean;
  random: boolean;
  parts: ReadonlySet<Part>;
}

/** @throws Error for arguments it does not know */
function parse(): Choices | undefined {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      variants: { type: 'boolean', default: false },
      random: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: DEFAULT_PARTS },
    },
  });
  if (values.help) return undefined;
  const stranger = values.only.find((part) => !(PARTS as readonly string[]).includes(part));
  if (stranger !== undefined) throw new Error(`--only ${stranger}: choose ${PARTS.join(', ')}`);
  const { quick, variants, random, only } = values;
  return { quick, variants, random, parts: new Set(only as Part[]) };
}

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

/** Measure onnxruntime-web beside our kernels. @param random with the weights that `measurePeers` calls small */
async function runPeers(quick: boolean, random: boolean): Promise<void> {
  const result = await measurePeers(root, { quick, small: random }, report);
  if ('skipped' in result) {
    console.log(`Peers: not measured (${result.skipped}).`);
    return;
  }
  const name = reportName({ date: result.date, adapter: { name: result.adapter } });
  await write(`${name}-peers${random ? '-random' : ''}`, benchmarkMarkdown(result), result);
}

async function main(): Promise<void> {
  const choices = parse();
  if (choices === undefined) {
    console.log(USAGE);
    return;
  }
  const { quick, variants, random, parts } = choices;
  if (parts.has('peers')) await runPeers(quick, random);
  if (parts.size === 1 && parts.has('peers')) return;
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
  const cases: [boolean, () => Promise<ModelCase>][] = [
    [
      false,
      async () => ({ name: 'student', checkpoint: await bundled('student'), lengths: [32, 128], steps: 8 }),
    ],
    [
      true,
      () =>
        Promise.resolve({
          name: 'small',
          checkpoint: randomCheckpoint(RELEASED_SMALL),
          lengths: [32],
          steps: 8,
        }),
    ],
  ];
  for (const [large, make] of cases) {
    if (!parts.has(large ? 'small' : 'student')) continue;
    const model = await make();
    result.models.push(await measureModel(gpu, model, effort(quick, large), report));
    // On a software adapter the kernels for GPUs take minutes over the larger model.
    if (gpu.adapter.software ? variants && !large : true) {
      const times = gpu.adapter.software ? { most: 2, least: 1, seconds: 10 } : effort(quick, large);
      result.variants.push(await compareVariants(gpu, model, times, report));
    }
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

  await write(reportName(result), markdown(result), result);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
