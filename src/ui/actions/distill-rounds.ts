import type { ModelInfo } from '../../worker/protocol.ts';
import type { DistillState, FloorReport, RoundState } from '../../worker/distill/result.ts';
import { engine } from '../engine.ts';
import { useDistill, withProgress } from '../stores/distill.ts';
import type { Failure } from '../stores/engine.ts';
import { useRace, withSettings } from '../stores/race.ts';
import { useView } from '../stores/view.ts';
import { meanwhile } from './distill-run.ts';
import { saveFile, type Saved } from './download.ts';
import { toFailure } from './failure.ts';
import { run as runWatch } from './run.ts';
import { runRace } from './run-race.ts';
import { outcome } from './self-test.ts';
import { setModel, setSettings } from './settings.ts';
import { zipOf } from './zip.ts';

/** Slots that a distillation writes into. */
const slotsOf = ({ options }: DistillState): number => options.length - useDistill.getState().given;

/** Whole steps that a student is made for: a round by three may end between two numbers. */
const budget = ({ nativeSteps }: Pick<RoundState, 'nativeSteps'>): number =>
  Math.min(1024, Math.max(1, Math.round(nativeSteps)));

/** Let the student of a round write, in the Watch view. */
export function watchRound(state: DistillState, round: RoundState): void {
  if (round.model === undefined) return;
  setModel(round.model, slotsOf(state));
  setSettings({ steps: budget(round), sampler: 'ancestral' });
  useView.setState({ view: 'watch' });
  void runWatch();
}

/** Let the student of a round race the teacher that it learned from and the first one, each in the steps that it is for. */
export function raceRound(state: DistillState, round: RoundState): void {
  if (round.model === undefined) return;
  const before = state.rounds.find((one) => one.round === round.round - 1)?.model ?? state.options.teacher;
  const lane = (model: string, steps: number) => ({ model, sampler: 'ancestral' as const, steps });
  const first = state.options.teacher;
  const lanes = [
    lane(round.model, budget(round)),
    lane(before, budget({ nativeSteps: 1 / round.dt })),
    ...(before === first ? [] : [lane(first, budget({ nativeSteps: 1 / state.rounds[0].dt }))]),
  ];
  useRace.setState((race) => withSettings(race, { preset: 'own', lanes, slots: slotsOf(state) }));
  useView.setState({ view: 'race' });
  void runRace();
}

/** Save a model as one archive of the three files of the released layout. @returns what went wrong, or what was saved */
export async function exportRound(
  model: ModelInfo['id'],
  precision: 'f32' | 'f16',
): Promise<Failure | (Saved & { files: string[] })> {
  try {
    const { weights, config, tokenizer } = await meanwhile(() =>
      engine.call('exportModel', { model, precision }),
    );
    const json = (text: string): Blob => new Blob([text], { type: 'application/json' });
    const files = [
      { name: 'model.safetensors', input: weights },
      { name: 'config.json', input: json(config) },
      ...(tokenizer === undefined ? [] : [{ name: 'tokenizer.json', input: json(tokenizer) }]),
    ];
    const saved = saveFile(await zipOf(files), `${model.replace(/[^\w.-]+/g, '-')}-${precision}.zip`);
    return { ...saved, files: files.map(({ name }) => name) };
  } catch (error) {
    return toFailure(error);
  }
}

/** Draws of the targets over which the floor is taken. */
export const FLOOR_DRAWS = 16;

/** Measure how low the loss of this round can get. */
export async function measureFloor(): Promise<void> {
  useDistill.setState({ floor: { state: 'running' } });
  const floor = await outcome<FloorReport>(
    meanwhile(() => engine.call('distillFloor', { draws: FLOOR_DRAWS })),
  );
  useDistill.setState((view) => ({
    floor,
    ...(floor.state === 'done' ? withProgress(view, { kind: 'floor', report: floor.result }) : {}),
  }));
}
