/** What the view says of a race: what it is at, who is done, and by what rule it plays. */
import type { RaceClock, Standing } from '../../trace/race.ts';
import type { LaneResult, RaceProgress } from '../../worker/race/result.ts';
import type { LoadProgress } from '../../worker/protocol.ts';
import { lanes as laneWords } from '../messages/lanes.ts';
import { race } from '../messages/race.ts';
import { loadingSentence } from '../watch/sentence.ts';

/** A lane within a sentence. */
export interface Runner extends Standing {
  /** "the student" */
  name: string;
}

/** Most lanes that a sentence names. */
const MOST_NAMED = 3;

const share = ({ shown, passes }: Runner): number => shown / passes;

/** What those took that are all done: of many, the first and the last. */
function result(runners: readonly Runner[], { rule, ends }: RaceClock): string {
  const times = runners.map(({ name, passes }, i) => ({ name, passes, milliseconds: ends[i] }));
  const cost = rule === 'time' ? 'milliseconds' : 'passes';
  const order = times.sort((a, b) => a[cost] - b[cost]);
  const named = order.length > MOST_NAMED ? [order[0], order.at(-1)!] : order;
  const { tookTime, tookPasses } = race.standings;
  return rule === 'time' ? tookTime(order.length, named) : tookPasses(order.length, named);
}

/** Who is done, and where the others are: "The student is done; its teacher is at pass 9 of 20." */
export function standings(runners: readonly Runner[], clock: RaceClock): string {
  const says = race.standings;
  const { length: count } = runners;
  const done = runners.filter((runner) => runner.done);
  const open = runners.filter((runner) => !runner.done).sort((a, b) => share(b) - share(a));
  if (count === 0) return race.notRun;
  if (runners.every(({ shown }) => shown === 0)) return says.start(count);
  if (open.length === 0) return result(runners, clock);
  if (done.length === 0) {
    const [ahead] = open;
    if (open.length <= MOST_NAMED) return says.open(open);
    const level = open.filter((runner) => share(runner) === share(ahead)).length > 1;
    return level ? says.level(count, ahead) : says.leads(count, ahead);
  }
  // A student that is named just before is whose teacher it is.
  const { student, teacher, itsTeacher } = laneWords.names;
  const its = done.length === 1 && done[0].name === student;
  const places = open.map((runner) =>
    its && runner.name === teacher ? { ...runner, name: itsTeacher } : runner,
  );
  if (done.length > 2)
    return places.length > 2
      ? says.manyNext(done.length, count, places[0])
      : says.many(done.length, count, places);
  const names = done.map(({ name }) => name);
  return places.length > 2 ? says.someNext(names, places[0]) : says.some(names, places);
}

/** What is being computed: "Timing the teacher: run 3 of 5." */
export function progressSentence(
  progress: RaceProgress | undefined,
  names: readonly string[],
  opening: LoadProgress['stage'] | undefined,
): string {
  if (!progress) return race.preparing;
  const { lane, stage, done, total } = progress;
  const name = names[lane] ?? laneWords.names.lane(lane + 1);
  switch (stage) {
    case 'load':
      return loadingSentence(opening, laneWords.names.bare(name));
    case 'time':
      return race.progress.time(name, Math.min(total, done + 1), total);
    case 'write':
      return race.progress.write(name, done, total);
    case 'judge':
      return race.progress.judge(name, done, total);
  }
}

/** Where a stage begins within a race, and how much of it it is: about, since stages take what they take. */
const SHARES: Record<RaceProgress['stage'], { from: number; width: number }> = {
  load: { from: 0, width: 0.25 },
  time: { from: 0.25, width: 0.25 },
  // A lane's texts are judged as soon as they are written.
  write: { from: 0.5, width: 0.5 },
  judge: { from: 0.5, width: 0.5 },
};

/** How much of a race is through, 0 to 1. */
export function progressShare(progress: RaceProgress | undefined, lanes: number): number {
  if (!progress || lanes === 0) return 0;
  const { lane, stage, done, total } = progress;
  const { from, width } = SHARES[stage];
  const part = total > 0 ? Math.min(1, done / total) : 0;
  const within = stage === 'write' ? part / 2 : stage === 'judge' ? (1 + part) / 2 : part;
  return from + (width * (lane + within)) / lanes;
}

/** By what rule a race plays, and how much slower than it was. */
export function ruleSentence(
  { rule, slowed, end }: RaceClock,
  speed: number,
  clock: LaneResult['clock'],
): string {
  switch (rule) {
    case 'pass':
      return race.rule.pass;
    case 'fraction':
      return race.rule.fraction;
    case 'time': {
      if (end === 0) return race.rule.noTimes;
      const times = (slowed ?? 1) / speed;
      if (times === 1) return race.rule.asItWas(clock);
      return times > 1 ? race.rule.slowed(clock, times) : race.rule.spedUp(clock, 1 / times);
    }
  }
}
