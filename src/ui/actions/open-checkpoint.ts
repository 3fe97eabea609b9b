import { UnmaskError } from '../../worker/client.ts';
import type { OpenSource } from '../../worker/protocol.ts';
import { engine } from '../engine.ts';
import { files as words } from '../messages/files.ts';
import { beginnings, useEngine, type Failure } from '../stores/engine.ts';
import { toFailure } from './failure.ts';
import { modelsIn, type LocalFile, type LocalModel } from './local-models.ts';
import { setModel } from './settings.ts';

/** A JSON file of a model has a few megabytes at most: anything larger is another file, and would fill the memory. */
const MOST_JSON = 64e6;

async function readJson({ file }: LocalFile): Promise<object> {
  const wrong = (message: (file: string) => string): UnmaskError =>
    new UnmaskError('file-format', message(file.name));
  if (file.size > MOST_JSON) throw wrong(words.tooLarge);
  let json: unknown;
  try {
    json = JSON.parse(await file.text());
  } catch {
    throw wrong(words.notJson);
  }
  if (typeof json !== 'object' || json === null) throw wrong(words.noObject);
  return json;
}

async function readSource({ weights, index, config, tokenizer }: LocalModel): Promise<OpenSource> {
  if (!config) throw missing('config.json');
  return {
    config: await readJson(config),
    weights: weights.map(({ path, file }) => ({ name: path, blob: file })),
    ...(index ? { index: await readJson(index) } : {}),
    ...(tokenizer ? { tokenizer: await readJson(tokenizer) } : {}),
  };
}

const missing = (name: string): UnmaskError => new UnmaskError('argument', words.missing(name));

/** What became of files: a model, a question which of several, or what went wrong. */
export type Opened = { title: string; runs: boolean } | { choose: LocalModel[] } | Failure;

/** Look for a model in the visitor's files, and open it; where there are several, ask which. */
export async function openFiles(files: LocalFile[]): Promise<Opened> {
  const models = modelsIn(files);
  if (models.length > 1) return { choose: models };
  return models.length === 1 ? await openCheckpoint(models[0]) : toFailure(missing('model.safetensors'));
}

/**
 * Open a checkpoint from the visitor's own files and choose it for the next run. When it fails, nothing changes.
 * @returns what went wrong, or the title of the model and whether it can be run here
 */
export async function openCheckpoint(local: LocalModel): Promise<Failure | { title: string; runs: boolean }> {
  try {
    const model = await engine.call('open', await readSource(local));
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
