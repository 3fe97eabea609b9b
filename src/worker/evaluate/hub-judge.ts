/** Judges of hubs: language models of the GPT-2 family as ONNX files, looked at, fetched, kept, and set up in onnxruntime-web. */
import { fileUrl } from '../../model/checkpoint/hub/hub.ts';
import { KeptFiles } from '../../model/checkpoint/hub/kept-files.ts';
import { fetchHubJson, readHubJson } from '../../model/checkpoint/hub/small-file.ts';
import type { HubFile, HubListing } from '../../model/checkpoint/hub/source.ts';
import { UnmaskError } from '../../model/errors.ts';
import {
  judgeConfig,
  judgeFiles,
  type JudgeConfig,
  type JudgeFile,
  type JudgeFiles,
} from '../../model/evaluate/judge-files.ts';
import { OnnxJudge, type JudgeBytes } from '../../model/evaluate/onnx-judge.ts';
import type { MarkedTokenizer, ScoredText } from '../../model/evaluate/retokenise.ts';
import { createTokenizer } from '../../model/tokenizer/tokenizer.ts';
import { refuse, show } from '../arguments.ts';
import { checkHubFields } from '../checkpoints/arguments.ts';
import { createHub } from '../checkpoints/hub-access.ts';
import { hubJudgeWords as words } from '../messages/evaluate/judge.ts';
import type { Backend } from '../protocol.ts';
import type { HubJudge, JudgePreflight } from './result.ts';
import { isMarked, scoreInTurns, type Scorer } from './scorer.ts';
import type { EvaluateContext, EvaluateServices, JudgeSurroundings } from './services.ts';

/** @throws UnmaskError 'argument' where there is no onnxruntime */
function surroundings({ judges }: EvaluateServices): JudgeSurroundings {
  if (judges) return judges;
  throw refuse(words.notHere);
}

/** What a repository has now, and which graph is asked for. */
interface Found {
  listing: HubListing;
  files: JudgeFiles;
  graph: JudgeFile;
}

/** @throws UnmaskError 'argument', 'not-found', 'network', 'file-format' or 'aborted' */
async function find(asked: HubJudge, services: EvaluateServices, signal?: AbortSignal): Promise<Found> {
  const source = checkHubFields(asked);
  const { file } = asked as { file?: unknown };
  if (file !== undefined && typeof file !== 'string') {
    throw refuse(words.notPath(show(file)));
  }
  const hub = createHub(services.fetcher, new URL(services.base()).origin);
  const listing = await hub.list(hub.check(source), signal ? { signal } : {});
  const files = judgeFiles(listing);
  const graph = file === undefined ? files.proposed : files.graphs.find(({ path }) => path === file);
  if (graph) return { listing, files, graph };
  const paths = files.graphs.map(({ path }) => path);
  throw refuse(words.notThere(show(file), paths));
}

/** All that is fetched. */
const filesOf = ({ files, graph }: Found): HubFile[] => [files.config, files.tokenizer, ...graph.parts];

/** Answer `judgePreflight`: fetches the list of files and the configuration, no more. @throws UnmaskError as `find`, or 'config' */
export async function judgePreflight(
  asked: HubJudge,
  services: EvaluateServices,
  { signal }: EvaluateContext,
): Promise<JudgePreflight> {
  const folder = surroundings(services).files();
  const found = await find(asked, services, signal);
  const { listing, files } = found;
  const { fetcher } = services;
  const config = await fetchHubJson(listing, files.config, { fetcher, ...(signal ? { signal } : {}) });
  judgeConfig(config, `${listing.repo}: ${files.config.path}`);
  const kept = new KeptFiles(await folder);
  const missing = filesOf(found).map(async (file) => file.bytes - (await kept.here(listing, file)));
  return {
    repo: listing.repo,
    commit: listing.commit,
    files: files.graphs.map(({ path, bytes, precision }) => ({ path, bytes, precision })),
    proposed: files.proposed.path,
    downloadBytes: (await Promise.all(missing)).reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** Fetch all files, as far as they are not here; other calls take their turns meanwhile. */
async function fetchAll(
  found: Found,
  { fetcher }: EvaluateServices,
  folder: KeptFiles,
  { signal, onEvaluate }: EvaluateContext,
): Promise<{ config: JudgeConfig; tokenizer: MarkedTokenizer; weights: Blob[] }> {
  const { listing, files, graph } = found;
  const total = filesOf(found).reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  const fetch = async (file: HubFile): Promise<Blob> => {
    const blob = await folder.fetch(listing, file, {
      ...{ fetcher, ...(signal ? { signal } : {}) },
      onProgress: (loaded) => onEvaluate?.({ stage: 'judge-load', done: before + loaded, total }),
    });
    before += file.bytes;
    return blob;
  };
  const json = (file: HubFile): Promise<object> => readHubJson(listing, file, () => fetch(file));
  // The small ones first: they say whether the others are of any use.
  const config = judgeConfig(await json(files.config), `${listing.repo}: ${files.config.path}`);
  const name = `${listing.repo}: ${files.tokenizer.path}`;
  const tokenizer = createTokenizer(await json(files.tokenizer), name);
  if (!isMarked(tokenizer) || tokenizer.size > config.vocabulary) {
    throw new UnmaskError('tokenizer', words.otherTokenizer(name, tokenizer.size, config.vocabulary));
  }
  const weights: Blob[] = [];
  for (const part of graph.parts) weights.push(await fetch(part));
  return { config, tokenizer, weights };
}

const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());

/** The bytes of a graph and of what lies beside it, by the names that it has for them. */
async function judgeBytes({ parts }: JudgeFile, [graph, ...beside]: Blob[]): Promise<JudgeBytes> {
  const names = parts.slice(1).map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  const data = await Promise.all(beside.map(bytesOf));
  return {
    graph: await bytesOf(graph),
    ...(data.length > 0 ? { externalData: names.map((path, i) => ({ path, data: data[i] })) } : {}),
  };
}

/** A judge in onnxruntime, and on what it runs. */
interface Running {
  judge: OnnxJudge;
  backend: Backend;
}

/** Set a judge up where it runs best: on the GPU, unless it cannot. */
async function setUp(
  { listing, graph }: Found,
  { config, weights }: { config: JudgeConfig; weights: Blob[] },
  services: EvaluateServices,
): Promise<Running> {
  const judges = surroundings(services);
  const { backend, software } = await services.ready();
  const name = `${listing.repo}: ${graph.path}`;
  const open = async (on: Backend): Promise<Running> => {
    const { ort, executionProviders } = await judges.runtime(on);
    const bytes = await judgeBytes(graph, weights);
    const judge = await OnnxJudge.open(ort, name, bytes, config, executionProviders);
    try {
      // Some graphs fail in their first run only.
      await judge.score([[0, 0]]);
      return { judge, backend: on };
    } catch (error) {
      await judge.release();
      throw error;
    }
  };
  // The provider of WebGPU has no kernels for 8-bit graphs as Optimum writes them, and their parts would go to and fro.
  if (backend === 'webgpu' && !software && graph.precision !== '8-bit') {
    const onGpu = await open('webgpu').catch(() => undefined);
    if (onGpu) return onGpu;
  }
  return await open('wasm');
}

/** A judge of a hub. */
export type HubScorer = Scorer & { tokenizer: MarkedTokenizer };

/** The judge that was set up last, of each engine: it takes as much memory as its file, so there is one. */
const seated = new WeakMap<EvaluateServices, { key: string; scorer: HubScorer; judge: OnnxJudge }>();

/** Let go of the judge that is set up, as far as it is this one. */
async function leave(services: EvaluateServices, judge = seated.get(services)?.judge): Promise<void> {
  if (seated.get(services)?.judge === judge) seated.delete(services);
  await judge?.release();
}

function scorerOf(
  { listing, graph }: Found,
  { judge, backend }: Running,
  { tokenizer, config }: { tokenizer: MarkedTokenizer; config: JudgeConfig },
  services: EvaluateServices,
): HubScorer {
  const scoreBatch = async (batch: readonly ScoredText[]): Promise<number[]> => {
    const nll = await judge.score(batch.map(({ tokens }) => tokens));
    return batch.map(({ positions }, i) => {
      const sum = positions.reduce((all, position) => all + nll[i][position - 1], 0);
      return sum / positions.length;
    });
  };
  return {
    info: {
      id: `${listing.repo}, ${graph.path}`,
      title: `${listing.repo}, ${graph.precision}`,
      backend: `onnxruntime-web, ${backend}`,
    },
    // At a commit there is one file of each name, the tokenizer too.
    hash: fileUrl(listing, graph.path),
    key: JSON.stringify([fileUrl(listing, graph.path), backend]),
    ...{ longest: config.length, tokenizer, begins: tokenizer.bos },
    score: (texts, context) =>
      scoreInTurns(texts, judge.tokensAtOnce, services, context, async (batch) => {
        try {
          return await scoreBatch(batch);
        } catch (error) {
          // Its device may be lost, or its memory: whoever asks next has it set up anew.
          await leave(services, judge);
          throw error;
        }
      }),
  };
}

/**
 * A judge of a hub, fetched unless it is here. It stays set up until another one is.
 * @throws UnmaskError 'argument' for what no hub or no repository has; 'not-found', 'network', 'hash-mismatch', 'config',
 * 'tokenizer', 'file-format', 'out-of-memory' or 'aborted'
 */
export async function hubScorer(
  asked: HubJudge,
  services: EvaluateServices,
  context: EvaluateContext,
): Promise<HubScorer> {
  const folder = surroundings(services).files();
  // The hub takes a while to answer, and says only then how much there is.
  context.onEvaluate?.({ stage: 'judge-load', done: 0, total: 0 });
  const found = await find(asked, services, context.signal);
  const key = fileUrl(found.listing, found.graph.path);
  const before = seated.get(services);
  if (before?.key === key) return before.scorer;
  const fetched = await fetchAll(found, services, new KeptFiles(await folder), context);
  return await services.turn(context, async () => {
    // Their memory is free before more is taken.
    await leave(services);
    const running = await setUp(found, fetched, services);
    const scorer = scorerOf(found, running, fetched, services);
    seated.set(services, { key, scorer, judge: running.judge });
    return scorer;
  });
}
