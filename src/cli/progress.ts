/** One line that says how far a training is. */
import type { UpdateReport, ValidationReport } from '../model/distill/report.ts';
import { gapClosed } from '../worker/distill/gap.ts';
import type { RoundState } from '../worker/distill/result.ts';

/** Weight of what came before in the smoothed loss. */
const SMOOTHING = 0.95;
/** Updates whose pace counts. */
const WINDOW = 50;
/** A terminal's line is written so often, ms; a log's line. */
const REWRITE = 100;
const LOG = 10_000;

/** A span of time in the two largest units that say something. @param seconds not negative */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes >= 10) return `${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

/** What a round came to. @param validation of all rounds */
export function roundSummary(
  { round, nativeSteps, floor }: Pick<RoundState, 'round' | 'nativeSteps' | 'floor'>,
  validation: readonly ValidationReport[],
): string {
  const losses = validation.filter((report) => report.round === round).map(({ loss }) => loss);
  const [first, last] = [losses.at(0), losses.at(-1)];
  const digits = (value: number): string => value.toPrecision(4);
  const figure = (name: string, value: number | undefined): string[] =>
    value === undefined ? [] : [`${name} ${digits(value)}`];
  const closed = floor && last !== undefined ? gapClosed(floor, last) : undefined;
  return [
    `round ${round}: ${nativeSteps} step${nativeSteps === 1 ? '' : 's'}`,
    ...(floor ? [`floor ${digits(floor.estimate)} (${digits(floor.floor)} to ${digits(floor.upper)})`] : []),
    // Where no floor was drawn the first validation of the round is of the untrained student.
    ...figure('untrained', floor?.untrained ?? first),
    ...figure('validation', last),
    ...(closed === undefined ? [] : [`${Math.round(100 * closed)} % of the gap closed`]),
  ].join('  ');
}

/** What is known from the updates so far. */
export class Progress {
  #sum = 0;
  #weight = 0;
  #round = 0;
  /** Clock at the last updates, and when the first of them began, ms. */
  readonly #clock: number[] = [];

  /**
   * @param updates in all
   * @param rounds 1: none are spoken of
   */
  constructor(
    private readonly updates: number,
    private readonly rounds: number,
  ) {}

  /** One more update is done. @returns the line. @param now ms */
  add({ update, round, loss, gradientNorm, milliseconds }: UpdateReport, now: number): string {
    // Rounds have different losses.
    if (round !== this.#round) [this.#sum, this.#weight, this.#round] = [0, 0, round];
    this.#sum = SMOOTHING * this.#sum + (1 - SMOOTHING) * loss;
    this.#weight = SMOOTHING * this.#weight + (1 - SMOOTHING);
    if (this.#clock.length === 0) this.#clock.push(now - milliseconds);
    this.#clock.push(now);
    if (this.#clock.length > WINDOW + 1) this.#clock.shift();
    const pace = (1000 * (this.#clock.length - 1)) / Math.max(1, now - this.#clock[0]);
    return [
      ...(this.rounds > 1 ? [`round ${round}/${this.rounds}`] : []),
      `update ${update}/${this.updates}`,
      `loss ${loss.toPrecision(4)}, smoothed ${(this.#sum / this.#weight).toPrecision(4)}`,
      `gradient ${gradientNorm.toPrecision(3)}`,
      `${pace.toPrecision(3)} updates/s`,
      `${duration((this.updates - update) / pace)} left`,
    ].join('  ');
  }
}

/** Where lines go: `process.stdout`, or what stands for it in a test. */
export interface Terminal {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** Writes a line that changes: in its place on a terminal, else now and then one more. */
export class ProgressLine {
  #last = -Infinity;
  #open = '';

  constructor(
    private readonly to: Terminal,
    private readonly now: () => number = () => performance.now(),
  ) {}

  show(line: string): void {
    const now = this.now();
    const { isTTY = false, columns = 80 } = this.to;
    this.#open = line;
    if (now - this.#last < (isTTY ? REWRITE : LOG)) return;
    this.#last = now;
    if (isTTY) this.to.write(`\r${line.slice(0, columns - 1)}\x1b[K`);
    else this.#end();
  }

  /** Write a line that stays, behind the last state of the one that changes. */
  say(line: string): void {
    this.#end();
    this.to.write(`${line}\n`);
  }

  #end(): void {
    if (this.#open === '') return;
    this.to.write(this.to.isTTY ? `\r${this.#open}\x1b[K\n` : `${this.#open}\n`);
    this.#open = '';
  }
}
