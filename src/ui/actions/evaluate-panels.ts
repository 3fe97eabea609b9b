import type { CallHooks } from '../../worker/client.ts';
import type { Calls } from '../../worker/protocol.ts';
import { engine } from '../engine.ts';
import { boundOptions, lastWordOptions, mauveOptions } from '../evaluate/panels-form.ts';
import { panels } from '../messages/evaluate/panels.ts';
import { useEngine, type Failure } from '../stores/engine.ts';
import { usePanels, type PanelName, type PanelsState } from '../stores/evaluate-panels.ts';
import { toFailure } from './failure.ts';
import { outcome } from './self-test.ts';
import { readTextFiles } from './texts.ts';

const running: Partial<Record<PanelName, AbortController>> = {};

function setPanel<K extends PanelName>(name: K, changed: Partial<PanelsState[K]>): void {
  usePanels.setState((state) => ({ [name]: { ...state[name], ...changed } }));
}

/** Change what a panel asks for; what it found stays until it has run again, and why it failed does not. */
export function setPanelForm<K extends PanelName>(name: K, changed: Partial<PanelsState[K]['form']>): void {
  const { form, task } = usePanels.getState()[name];
  const rest = task.state === 'failed' ? { task: { state: 'idle' } } : {};
  setPanel(name, { form: { ...form, ...changed }, ...rest } as Partial<PanelsState[K]>);
}

/** Ask the engine, and tell the store how it goes. */
async function measure<K extends PanelName>(name: K, options: Calls[K]['options']): Promise<void> {
  running[name]?.abort();
  const controller = new AbortController();
  running[name] = controller;
  setPanel(name, { task: { state: 'running' }, progress: undefined } as Partial<PanelsState[K]>);
  const hooks: CallHooks = {
    signal: controller.signal,
    onEvaluate: (progress) => {
      if (running[name] === controller) setPanel(name, { progress } as Partial<PanelsState[K]>);
    },
  };
  const task = await outcome(engine.call(name, options, hooks));
  if (running[name] !== controller) return;
  const result = task.state === 'done' ? { result: task.result } : {};
  setPanel(name, { task, progress: undefined, ...result } as Partial<PanelsState[K]>);
}

/** Measure what a panel asks for. Nothing is done where its form cannot be taken as it is. */
export async function runPanel(name: PanelName, models: readonly string[]): Promise<void> {
  const { lastWord, bound, mauve } = usePanels.getState();
  const { models: known } = useEngine.getState();
  switch (name) {
    case 'lastWord': {
      const asked = lastWordOptions(lastWord.form, models);
      if ('options' in asked) await measure('lastWord', asked.options);
      return;
    }
    case 'bound': {
      const asked = boundOptions(bound.form, models, known);
      if ('options' in asked) await measure('bound', asked.options);
      return;
    }
    case 'mauve': {
      const asked = mauveOptions(mauve.form, models, known);
      if ('options' in asked) await measure('mauve', asked.options);
    }
  }
}

/** Stop it; what was found before stays. */
export function stopPanel(name: PanelName): void {
  running[name]?.abort();
}

/** Take the texts of files for a panel. @returns what is wrong with them */
export async function takePanelTexts(
  name: 'bound' | 'mauve',
  files: readonly File[],
): Promise<Failure | undefined> {
  try {
    const file = await readTextFiles(files);
    if (file) setPanelForm(name, { file });
    return undefined;
  } catch (error) {
    return toFailure(error);
  }
}

/** Take a LAMBADA file; its contents are looked at by the engine, once it is asked. @returns what is wrong with it */
export function takeItems(files: readonly File[]): Failure | undefined {
  if (files.length === 0) return undefined;
  const [file] = files;
  if (files.length > 1 || !/\.jsonl$/i.test(file.name)) {
    return {
      code: 'file-format',
      message: files.length > 1 ? panels.errors.severalFiles : panels.errors.noItems(file.name),
    };
  }
  setPanelForm('lastWord', { file: { name: file.name, content: file } });
  return undefined;
}
