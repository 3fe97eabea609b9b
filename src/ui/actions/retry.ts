import { engine } from '../engine.ts';
import { useEngine } from '../stores/engine.ts';
import { run } from './run.ts';
import { start } from './start.ts';

/** Start the engine anew, as if the page had just been opened: what stopped WebGPU may be gone. */
export async function restart(): Promise<void> {
  engine.restart();
  await start();
}

/** Try again what failed: the start of the engine, or the run. */
export async function retry(): Promise<void> {
  if (useEngine.getState().failure === undefined) await run({ handover: true });
  else await restart();
}
