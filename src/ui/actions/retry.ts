import { engine } from '../engine.ts';
import { useEngine } from '../stores/engine.ts';
import { run } from './run.ts';
import { start } from './start.ts';

/** Try again what failed: the start of the engine, or the run. */
export async function retry(): Promise<void> {
  const { failure, ready } = useEngine.getState();
  if (failure === undefined && ready?.why === undefined) {
    await run({ handover: true });
    return;
  }
  engine.restart();
  await start();
}
