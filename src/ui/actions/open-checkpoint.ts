import { UnmaskError } from '../../worker/client.ts';
import { engine } from '../engine.ts';
import { beginnings, useEngine, type Failure } from '../stores/engine.ts';
import { toFailure } from './failure.ts';
import { setModel } from './settings.ts';

const isJson = (file: File): boolean => file.name.endsWith('.json');

/** The first of these names that is there; names of the released files go before what only looks like them. */
const pick = (files: File[], ...patterns: RegExp[]): File | undefined =>
  patterns.flatMap((pattern) => files.filter((file) => pattern.test(file.name))).at(0);

async function readJson(file: File): Promise<object> {
  try {
    return JSON.parse(await file.text()) as object;
  } catch {
    const message = `${file.name} is not JSON: choose the file that came with the model.`;
    throw new UnmaskError('file-format', message);
  }
}

/** Tell the chosen files apart by their names; what is no JSON is taken for weights, so that the engine can judge it. */
async function readSource(files: File[]) {
  const others = files.filter((file) => !isJson(file));
  const weights =
    pick(others, /^model\.safetensors$/, /\.safetensors$/, /\.(bin|pt|pth|ckpt)$/) ?? others.at(0);
  const jsons = files.filter(isJson);
  const tokenizer = pick(jsons, /^tokenizer\.json$/, /tokenizer(?!_config)/i);
  const config = pick(
    jsons.filter((file) => file !== tokenizer),
    /^config\.json$/,
    /^(?!generation_|tokenizer_|special_|added_).*config/i,
    /./,
  );
  if (!weights || !config) {
    const missing = weights ? 'config.json' : 'model.safetensors';
    throw new UnmaskError(
      'argument',
      `${missing} is missing: choose config.json and model.safetensors together, and tokenizer.json if there is one.`,
    );
  }
  return {
    ...{ config: await readJson(config), weights, file: weights.name },
    ...(tokenizer ? { tokenizer: await readJson(tokenizer) } : {}),
  };
}

/**
 * Open a checkpoint from the visitor's own files and choose it for the next run. When it fails, nothing changes.
 * @returns what went wrong, or the title of the model and whether it can be run here
 */
export async function openCheckpoint(files: File[]): Promise<Failure | { title: string; runs: boolean }> {
  try {
    const model = await engine.call('open', await readSource(files));
    const models = await engine.call('models', {});
    const vocabulary = await engine.call('vocabulary', { model });
    useEngine.setState(({ vocabularies }) => ({
      models,
      vocabularies: { ...vocabularies, [model]: vocabulary },
    }));
    const info = models.find(({ id }) => id === model);
    const runs = info?.kind !== 'causal';
    if (runs) setModel(model, Math.min(32, (info?.length ?? 32) - beginnings(vocabulary)));
    return { title: info?.title ?? model, runs };
  } catch (error) {
    return toFailure(error);
  } finally {
    useEngine.setState({ opening: undefined });
  }
}
