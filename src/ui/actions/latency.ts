import type { ShapeName } from '../../worker/latency/result.ts';
import { engine } from '../engine.ts';
import { latencyCsv, latencyFile, latencyJson } from '../race/latency/report.ts';
import { useLatency } from '../stores/latency.ts';
import { saveFile } from './download.ts';
import { outcome } from './self-test.ts';

/** Steps of a study: from what students manage to what teachers are run at. */
export const STEPS: readonly number[] = [4, 8, 16, 32, 64, 128, 256, 512, 1024];

let asked: AbortController | undefined;
let running: AbortController | undefined;

/** Ask what a study by the settings would take. */
export async function askPreflight(): Promise<void> {
  asked?.abort();
  const controller = new AbortController();
  asked = controller;
  const { shape, tokens } = useLatency.getState();
  useLatency.setState({ preflight: { state: 'running' } });
  const options = { shape, tokens, steps: [...STEPS] };
  const preflight = await outcome(engine.call('latencyPreflight', options, { signal: controller.signal }));
  if (asked === controller) useLatency.setState({ preflight });
}

/** Choose what is measured; a study that is there stays until another begins. */
export async function chooseLatency(choice: { shape?: ShapeName; tokens?: number }): Promise<void> {
  useLatency.setState(choice);
  await askPreflight();
}

/** Measure masked diffusion against its autoregressive twin. */
export async function runLatency(): Promise<void> {
  running?.abort();
  const controller = new AbortController();
  running = controller;
  const { shape, tokens } = useLatency.getState();
  useLatency.setState({ task: { state: 'running' }, progress: undefined, study: undefined });
  const options = { shape, tokens, steps: [...STEPS] };
  const task = await outcome(
    engine.call('latency', options, {
      signal: controller.signal,
      onLatency: (progress) => {
        if (running === controller) useLatency.setState({ progress, study: progress.study });
      },
    }),
  );
  if (running !== controller) return;
  useLatency.setState({
    task,
    progress: undefined,
    ...(task.state === 'done' ? { study: task.result } : {}),
  });
}

/** Stop the study; what is measured so far stays. */
export function stopLatency(): void {
  running?.abort();
}

/** Save the study that is shown, one row for each point. */
export function saveLatencyCsv(): void {
  const { study } = useLatency.getState();
  // With its character set, since spreadsheets guess.
  if (study)
    saveFile(new Blob([latencyCsv(study)], { type: 'text/csv;charset=utf-8' }), latencyFile(study, 'csv'));
}

/** Save the study that is shown, with everything that is known of it. */
export function saveLatencyJson(): void {
  const { study } = useLatency.getState();
  if (study)
    saveFile(new Blob([latencyJson(study)], { type: 'application/json' }), latencyFile(study, 'json'));
}
