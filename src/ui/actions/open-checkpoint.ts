import { UnmaskError } from '../../worker/client.ts';
import { engine } from '../engine.ts';
import { beginnings, useEngine, type Failure } from '../stores/engine.ts';
import { toFailure } from './failure.ts';
import { setSettings } from './settings.ts';

const isJson = (file: File): boolean => file.name.endsWith('.json');

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
  const weights = files.find((file) => !isJson(file));
  const tokenizer = files.find((file) => isJson(file) && /tokenizer/i.test(file.name));
  const config = files.find((file) => isJson(file) && file !== tokenizer);
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
 * @returns what went wrong, or the title of the model
 */
export async function openCheckpoint(files: File[]): Promise<Failure | { title: string }> {
  try {
    const model = await engine.call('open', await readSource(files));
    const models = await engine.call('models', {});
    const vocabulary = await engine.call('vocabulary', { model });
    useEngine.setState(({ vocabularies }) => ({
      models,
      vocabularies: { ...vocabularies, [model]: vocabulary },
    }));
    const info = models.find(({ id }) => id === model);
    setSettings({ model, slots: Math.min(32, (info?.length ?? 32) - beginnings(vocabulary)), pins: {} });
    return { title: info?.title ?? model };
  } catch (error) {
    return toFailure(error);
  } finally {
    useEngine.setState({ opening: undefined });
  }
}
