/** What the view says of a distillation: which round it is, what an update does, how fast it goes. */
import { gapClosed } from '../../worker/distill/gap.ts';
import type { DistillLoss, DistillState, FloorReport, RoundState } from '../../worker/distill/result.ts';
import { distill, distillPhases } from '../messages/distill.ts';
import { lossCurve, losses } from '../messages/distill-figures.ts';
import { currentRound, type DistillViewState } from '../stores/distill.ts';
import { fixed, number } from '../../words/numbers.ts';

/** Steps of a model; between two whole numbers where a round divides by three. */
export const steps = (count: number): string => {
  const whole = Math.abs(count - Math.round(count)) < 1e-6;
  return number(whole ? Math.round(count) : count, whole ? 0 : 1);
};

/** Steps of the teacher of a round. */
export const teacherSteps = ({ dt }: Pick<RoundState, 'dt'>): number => 1 / dt;

/** What the numbers of the losses are, and whether their floor can be computed. */
export const LOSSES: Record<DistillLoss, { unit: string; floor: boolean }> = {
  'kl-bwd': { unit: losses.units.nat, floor: true },
  'kl-fwd': { unit: losses.units.nat, floor: false },
  mse: { unit: losses.units.squaredNat, floor: false },
  tvd: { unit: losses.units.nat, floor: false },
};

/** What kind of number a loss is: only some are divergences. */
export const lossKind = (loss: DistillLoss): 'divergence' | 'loss' =>
  loss.startsWith('kl') ? 'divergence' : 'loss';

/** A loss or a divergence: digits that say something also where it is small. */
export function lossText(value: number): string {
  if (Math.abs(value) >= 100) return number(value);
  if (Math.abs(value) >= 0.0995) return fixed(value, 2);
  const digits = value.toPrecision(2);
  return digits.includes('e') ? digits : number(Number(digits), digits.split('.').at(1)?.length ?? 0);
}

/** "1.78 (1.68 to 1.88)": the floor of a round, and between which bounds it lies. */
export const floorText = ({ floor, estimate, upper }: FloorReport): string =>
  lossCurve.floor(lossText(estimate), lossText(floor), lossText(upper));

/** "71 %": how much of what can be learned in a round was learned. @returns undefined where that is not known */
export function gapText(floor: FloorReport | undefined, loss: number | undefined): string | undefined {
  const share = floor && loss !== undefined ? gapClosed(floor, loss) : undefined;
  return share === undefined ? undefined : lossCurve.percent(Math.round(100 * share));
}

/** Which round it is, in a sentence. */
export function headline(view: DistillViewState, loading: string): string {
  const { state, status, writing } = view;
  const says = distill.headline;
  if (status === 'opening') return writing ? says.writing(writing.done, writing.total) : loading;
  if (!state) return says.none;
  const round = currentRound(state);
  const student = steps(round.nativeSteps);
  return state.finished
    ? says.done(student, steps(teacherSteps(state.rounds[0])))
    : says.round(round.round, student, steps(teacherSteps(round)));
}

/** Which update the phases are of, and whether others were done since. */
export function followedTitle({ state, followed }: Pick<DistillViewState, 'state' | 'followed'>): string {
  if (!state || !followed) return distillPhases.title;
  const all = state.options.updatesPerRound * state.rounds.length;
  const { titleEarlier, titleOf } = distillPhases;
  return (followed.update < state.updates ? titleEarlier : titleOf)(followed.update, all);
}

/** What an update does, in three sentences. */
export function explanation(m: number, round: number): string {
  return round > 1 ? distill.explanation.later(m, round - 1) : distill.explanation.first(m);
}

/** "12 of 12 updates of this round, 36 in all." */
export function doneText(state: DistillState): string {
  const { options, updates } = state;
  const { updates: inRound } = currentRound(state);
  return distill.done(inRound, options.updatesPerRound, updates);
}

/** Updates whose times are averaged. */
const RECENT = 20;

export interface Pace {
  updatesPerSecond: number;
  tokensPerSecond: number;
  /** Seconds that are left in this round. */
  left: number;
}

/**
 * How fast it goes, by the time that the last updates took; undefined before the first.
 * @param waited updates that were held between their phases: their times are the visitor's, and do not count
 */
export function paceOf(state: DistillState, waited: readonly number[] = []): Pace | undefined {
  const recent = state.history.filter(({ update }) => !waited.includes(update)).slice(-RECENT);
  const spent = recent.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  if (recent.length === 0 || spent <= 0) return undefined;
  const updatesPerSecond = (1000 * recent.length) / spent;
  const open = state.finished ? 0 : state.options.updatesPerRound - currentRound(state).updates;
  return {
    updatesPerSecond,
    tokensPerSecond: updatesPerSecond * state.tokensPerUpdate,
    left: Math.max(0, open) / updatesPerSecond,
  };
}

/** "0:41", "2:05:00". */
export function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours, minutes, rest] = parts;
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** How long ago something was. @param seconds at least 0 */
export function ago(seconds: number): string {
  const says = distill.ago;
  if (seconds < 5) return says.now;
  if (seconds < 90) return says.seconds(Math.round(seconds));
  if (seconds < 5400) return says.minutes(Math.round(seconds / 60));
  return seconds < 129_600 ? says.hours(Math.round(seconds / 3600)) : says.days(Math.round(seconds / 86_400));
}

/** When it was saved, or why it is not. */
export function savedText({ savedAt, unsaved }: DistillState, now: number): string {
  const says = distill.saved;
  if (unsaved !== undefined) return says.no(unsaved.replace(/\.$/, ''));
  return savedAt === undefined ? says.notYet : says.ago(ago(Math.max(0, (now - savedAt) / 1000)));
}
