/** What the view says of a race: what it is at, who is done, and by what rule it plays. */
import type { RaceClock, Standing } from '../../trace/race.ts';
import type { LaneResult, RaceProgress } from '../../worker/race/result.ts';
import type { LoadProgress } from '../../worker/protocol.ts';
import { inWords, plural } from '../messages/english.ts';
import { duration, number } from '../watch/numbers.ts';
import { loadingSentence } from '../watch/sentence.ts';

/** Timed runs of each lane, after one that warms up; fewer where a CPU takes long for each. */
export const REPEATS = { gpu: 5, cpu: 3 } as const;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "a", "a and b", "a, b and c". */
const list = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** A lane within a sentence. */
export interface Runner extends Standing {
  /** "the student" */
  name: string;
}

/** Most lanes that a sentence names. */
const MOST_NAMED = 3;

const pass = ({ shown, passes }: Runner): string => `pass ${number(shown)} of ${number(passes)}`;
const share = ({ shown, passes }: Runner): number => shown / passes;

/** What those took that are all done. */
function result(runners: readonly Runner[], { rule, ends }: RaceClock): string {
  const byTime = rule === 'time';
  const took = (i: number): string => (byTime ? duration(ends[i]) : number(runners[i].passes));
  const cost = (i: number): number => (byTime ? ends[i] : runners[i].passes);
  const order = runners.map((_, i) => i).sort((a, b) => cost(a) - cost(b));
  const unit = (i: number): string =>
    byTime ? '' : runners[i].passes === 1 ? ' forward pass' : ' forward passes';
  const of = (i: number, place: number): string =>
    place === 0 ? `${runners[i].name} took ${took(i)}${unit(i)}` : `${runners[i].name} ${took(i)}`;
  const named = order.length > MOST_NAMED ? [order[0], order.at(-1)!] : order;
  const all =
    order.length > MOST_NAMED ? `All ${inWords(order.length)}` : order.length === 2 ? 'Both' : 'All';
  return `${all} are done: ${list(named.map(of))}.`;
}

/** Who is done, and where the others are: "The student is done; its teacher is at pass 9 of 20." */
export function standings(runners: readonly Runner[], clock: RaceClock): string {
  const done = runners.filter((runner) => runner.done);
  const open = runners.filter((runner) => !runner.done).sort((a, b) => share(b) - share(a));
  const count = inWords(runners.length);
  if (runners.length === 0) return 'Nothing has been run yet.';
  if (runners.every(({ shown }) => shown === 0)) return `${capital(count)} lanes, nothing written yet.`;
  if (open.length === 0) return result(runners, clock);
  const ahead = open[0];
  if (done.length === 0) {
    if (open.length > MOST_NAMED) {
      const level = open.filter((runner) => share(runner) === share(ahead)).length > 1;
      return `None of ${count} is done yet; ${level ? 'the first are' : `${ahead.name} leads,`} at ${pass(ahead)}.`;
    }
    const others = open.slice(1).map((runner) => `${runner.name} at ${pass(runner)}`);
    return `${capital(list([`${ahead.name} is at ${pass(ahead)}`, ...others]))}.`;
  }
  // A student that is named just before is whose teacher it is.
  const its = done.length === 1 && done[0].name === 'the student';
  const nameOf = ({ name }: Runner): string => (its && name === 'the teacher' ? 'its teacher' : name);
  const who =
    done.length > 2
      ? `${capital(inWords(done.length))} of ${count} are done`
      : `${capital(list(done.map(({ name }) => name)))} ${done.length === 1 ? 'is' : 'are'} done`;
  if (open.length > 2) return `${who}; ${nameOf(ahead)} is next, at ${pass(ahead)}.`;
  const [first, ...rest] = open.map(
    (runner, i) => `${nameOf(runner)}${i === 0 ? ' is' : ''} at ${pass(runner)}`,
  );
  return `${who}; ${list([first, ...rest])}.`;
}

/** What is being computed: "Timing the teacher: run 3 of 5." */
export function progressSentence(
  progress: RaceProgress | undefined,
  names: readonly string[],
  opening: LoadProgress['stage'] | undefined,
): string {
  if (!progress) return 'Getting ready for the race.';
  const { lane, stage, done, total } = progress;
  const name = names[lane] ?? `lane ${lane + 1}`;
  const current = number(Math.min(total, done + 1));
  switch (stage) {
    case 'load':
      return loadingSentence(opening, name.replace(/^the /, ''));
    case 'time':
      return `Timing ${name}: run ${current} of ${number(total)}.`;
    case 'write':
      return `${capital(name)} writes more texts: ${number(done)} of ${number(total)}.`;
    case 'judge':
      return `Judging what ${name} wrote: ${plural(done, 'text', 'texts')} of ${number(total)}.`;
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
      return 'Played by forward passes: one of every lane per tick, however long it took.';
    case 'fraction':
      return 'Played by the fraction of its own passes that each lane has done, so that all end at once.';
    case 'time': {
      if (end === 0) return 'Played by measured time, slowed as far as it takes to be seen.';
      const times = (slowed ?? 1) / speed;
      const factor = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });
      const stretched =
        times > 1
          ? `slowed ${factor(times)} times`
          : times < 1
            ? `sped up ${factor(1 / times)} times`
            : 'no slower and no faster than it was';
      return `Played by measured ${clock === 'gpu' ? 'GPU' : 'wall'} time, ${stretched}; the passes of a lane share its time evenly.`;
    }
  }
}

/** What holds under every rule. */
export const FAIRNESS =
  'Each lane was computed alone, one after the other; then they play together. All share the noise by which tokens are drawn; ancestral and first-hitting lanes share the order in which slots unmask too. An autoregressive text does not correspond to the others slot by slot.';
