/** Runs lanes one after the other: first all times, then the texts that quality is averaged over. */
import { UnmaskError } from '../../model/errors.ts';
import { raceWords } from '../messages/race.ts';
import type { Models } from '../models.ts';
import { checkRace } from './arguments.ts';
import { chooseJudges, judgeTexts, type Judge } from './judge.ts';
import { describeLane, openLane, timeLane, writeTexts, type Lane, type Timed } from './lane.ts';
import type { LaneResult, RaceOptions, RaceProgress } from './result.ts';

/** What goes along with a race. */
export interface RaceHooks {
  signal?: AbortSignal;
  onRace?: (progress: RaceProgress) => void;
  /** Told of a lane when its times are known, when the clock that lanes are compared by changes, and when it is judged. */
  onLane?: (lane: LaneResult) => void;
}

/** The clock that lanes can be compared by: the GPU's own where every run of every lane has it. */
function clockOf(timed: readonly Timed[]): LaneResult['clock'] {
  return timed.every(({ gpuMilliseconds }) => gpuMilliseconds) ? 'gpu' : 'wall';
}

/** Time all lanes; each is told of as soon as that can be, and again where a later one has no GPU time. */
async function timeLanes(lanes: readonly Lane[], repeats: number, on: RaceHooks): Promise<LaneResult[]> {
  const timed: Timed[] = [];
  let results: LaneResult[] = [];
  for (const lane of lanes) {
    const onRun = (done: number) => on.onRace?.({ lane: lane.index, stage: 'time', done, total: repeats });
    timed.push(await timeLane(lane, repeats, { ...on, onRun }));
    const clock = clockOf(timed);
    const known = results;
    results = timed.map((one) => describeLane(one, clock));
    for (const result of results) if (known[result.lane]?.clock !== clock) on.onLane?.(result);
  }
  return results;
}

/** Write the texts of a lane that quality is averaged over, and judge them. */
async function assess(
  lane: Lane,
  result: LaneResult,
  judge: Judge | undefined,
  count: number,
  on: RaceHooks,
): Promise<LaneResult> {
  const { signal, onRace } = on;
  const tell = (stage: 'write' | 'judge', done: number) =>
    onRace?.({ lane: lane.index, stage, done, total: count });
  const stop = signal ? { signal } : {};
  let { tokens } = result;
  if (count > 1) {
    // Texts of a batch come together: each of its passes stands for a part of them.
    let [batch, passes, told] = [0, 1, -1];
    const wrote = (done: number): void => {
      if (done > told) tell('write', (told = done));
    };
    const written = await writeTexts(lane, count, {
      ...stop,
      onPlan: ({ samples }) => {
        batch = samples.length;
        passes = Math.max(...samples.map((sample) => sample.passes.length));
        wrote(samples[0].sample);
      },
      onStep: ({ firstSample, pass }) => {
        wrote(firstSample + Math.floor((batch * (pass + 1)) / passes));
      },
    });
    // In a batch a close draw may be rounded otherwise: the first text is the one that was timed, as the trace has it.
    tokens = [...tokens, ...written.tokens.slice(1)];
  }
  tell('judge', 0);
  const onBatch = (done: number) => {
    if (done < count) tell('judge', done);
  };
  const { initial, maskId } = result.trace;
  const own = [...initial.keys()].filter((position) => initial[position] === maskId);
  const quality = await judgeTexts(judge, result.model, tokens, own, { ...stop, onBatch });
  tell('judge', count);
  return { ...result, tokens, quality };
}

/**
 * Answer `race`. Every lane and the judge are checked, and models set up, before the first run; nothing but runs happens
 * between the first time taken and the last. The same options give the same texts, and no lane's depend on the others'.
 * @returns the lanes in their order, each with its quality
 * @throws UnmaskError 'argument' or 'unknown-model' naming the lane and the field; 'aborted'
 */
export async function race(asked: RaceOptions, models: Models, on: RaceHooks = {}): Promise<LaneResult[]> {
  const { count, repeats, judge, ...o } = checkRace(asked);
  const checkSignal = (): void => {
    if (on.signal?.aborted) throw new UnmaskError('aborted', raceWords.cancelled);
  };
  const lanes: Lane[] = [];
  for (const [lane, options] of o.lanes.entries()) {
    checkSignal();
    on.onRace?.({ lane, stage: 'load', done: 0, total: 1 });
    lanes.push(await openLane(lane, options, models));
    on.onRace?.({ lane, stage: 'load', done: 1, total: 1 });
  }
  const judged = lanes.map(({ model, options: { length } }) => ({ model, length }));
  const judges = await chooseJudges(judge, judged, models);
  checkSignal();
  const results = await timeLanes(lanes, repeats, on);
  for (const [i, lane] of lanes.entries()) {
    checkSignal();
    results[i] = await assess(lane, results[i], judges[i], count, on);
    checkSignal();
    on.onLane?.(results[i]);
  }
  return results;
}
