/**
 * The page in which training is measured: every engine opens a device of its own, as it does anywhere. One page serves one case, so
 * that nothing of another is left on the GPU.
 */
import { openGpu } from '../../src/gpu/device.ts';
import { openCheckpoint, type Checkpoint } from '../../src/model/checkpoint/checkpoint.ts';
import type { BatchShape } from '../../src/model/network/forward.ts';
import type { Effort } from '../../src/worker/benchmark/spread.ts';
import { JaxTraining } from './jax.ts';
import { measureTurns, medianPhases, type TrainingContender } from './measure.ts';
import { OurTraining, type PhaseCosts } from './ours.ts';
import { trainingProblem } from './problem.ts';
import type { TrainingResult } from './result.ts';
import { TfjsTraining } from './tfjs.ts';

/** What the page is asked for. */
export interface PageRequest {
  shape: BatchShape;
  effort: Effort;
}

/** What it answers: a result of one case. */
export type PageResult = Omit<TrainingResult, 'versions' | 'missing'>;

/** What it lets its driver call. @param report told what is under way */
export type MeasureTraining = (request: PageRequest, report: (what: string) => void) => Promise<PageResult>;

async function bundled(id: 'student' | 'teacher'): Promise<Checkpoint> {
  const folder = `./weights/${id}`;
  const config = (await (await fetch(`${folder}/config.json`)).json()) as object;
  const weights = await (await fetch(`${folder}/model.safetensors`)).blob();
  return openCheckpoint({ config, weights, file: `${id}/model.safetensors` });
}

const measure: MeasureTraining = async ({ shape, effort }, report) => {
  const problem = await trainingProblem(await bundled('student'), await bundled('teacher'), shape);
  const gpu = await openGpu(navigator.gpu);
  let ours: OurTraining | undefined;
  const contenders: TrainingContender[] = [
    { engine: 'ours', open: async () => (ours = await OurTraining.open(gpu, problem)) },
    { engine: 'jax-js', open: () => JaxTraining.open(problem) },
    { engine: 'tfjs', open: () => TfjsTraining.open(problem) },
  ];
  const rows = await measureTurns(contenders, effort, report);
  const samples: PhaseCosts[] = [];
  // One that failed has no phases either.
  if (rows[0].problem === undefined) {
    report('ours: phases');
    const start = performance.now();
    while (samples.length < effort.most && performance.now() - start < 1000 * effort.seconds) {
      samples.push(await ours!.phases());
    }
  }
  const { plan } = problem;
  return {
    adapter: gpu.adapter.name,
    software: gpu.adapter.software,
    userAgent: navigator.userAgent,
    date: new Date().toISOString(),
    cases: [
      {
        ...shape,
        ...{ masked: plan.rows.length, drawn: plan.counts[0], rows },
        ...(samples.length > 0 ? { phases: medianPhases(samples) } : {}),
      },
    ],
  };
};

Object.assign(window, { measureTraining: measure });
