/** The program of `npm run record`. Working directory: the root of the repository. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { nodeWebGpu } from '../src/gpu/testing.ts';
import { createWebGpuDenoiser } from '../src/model/backend/webgpu.ts';
import { tokensAfter } from '../src/trace/trace.ts';
import { Engine } from '../src/worker/engine.ts';
import { recordRun } from './recorded-run.ts';

const path = join(process.cwd(), 'src', 'ui', 'watch', 'recorded.json');

const engine = new Engine({
  gpu: await nodeWebGpu(),
  secure: true,
  base: pathToFileURL(join(process.cwd(), 'public', 'weights', '/')).href,
  createDenoiser: createWebGpuDenoiser,
  fetcher: async (url) => new Response(new Uint8Array(await readFile(new URL(url)))),
});
const recorded = await recordRun(engine);
engine.destroy();

const options = await resolveConfig(path);
await writeFile(path, await format(JSON.stringify(recorded), { ...options, filepath: path }));
const { trace, pieces } = recorded;
const text = tokensAfter(trace, trace.trace.length).map((token) => pieces[token]);
console.log(`${text.join('')}\nWritten to ${path}.`);
