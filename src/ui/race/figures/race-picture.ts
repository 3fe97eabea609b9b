/** A race as a picture: what is drawn where, for any measure of text. Nothing here draws. */
import { FAMILIES, type PAPER } from '../../figures/paper.ts';
import { raceFigures } from '../../messages/race-figures.ts';
import { duration } from '../../../words/numbers.ts';
import type { NamedLane } from '../named-lane.ts';
import { estimateText, inOne, threeDigits, twoDecimals } from '../../figures/estimates.ts';
import { compareQuality, compareSpeeds, type JudgedLane, type LaneSpeed } from './compare.ts';
import type { RaceSettings } from './race-json.ts';
import {
  headline,
  qualitySource,
  slowness,
  timesSource,
  rangeText,
  standingText,
  timesText,
  type Where,
} from './words.ts';

const says = raceFigures.picture;

/** Fonts by what they are for, as a canvas takes them: those of the page. */
export const FONTS = {
  title: `400 34px ${FAMILIES.serif}`,
  text: `400 20px ${FAMILIES.serif}`,
  logo: `680 22px ${FAMILIES.serif}`,
  name: `600 17px ${FAMILIES.sans}`,
  figure: `400 15px ${FAMILIES.sans}`,
  small: `400 14px ${FAMILIES.sans}`,
} as const;

export type Font = keyof typeof FONTS;
type Colour = keyof typeof PAPER;

/** Coordinates in pixels of a screen; a text begins at x, or ends there, and stands on y. */
export type Item =
  | { what: 'text'; x: number; y: number; text: string; font: Font; colour: Colour; end?: boolean }
  | { what: 'box'; x: number; y: number; width: number; height: number; colour: Colour }
  | { what: 'hatch'; x: number; y: number; width: number; height: number; colour: Colour };

export interface Picture {
  width: number;
  height: number;
  items: Item[];
}

/** Width of a text in pixels. */
export type Measure = (text: string, font: Font) => number;

/** What a picture says besides its lanes. */
export interface PictureFacts extends Where {
  settings: RaceSettings;
  /** When it was made. */
  date: Date;
}

const WIDTH = 1200;
const MARGIN = 56;
const INNER = WIDTH - 2 * MARGIN;
/** Longer texts end in "…": the whole of them is in the other exports. */
const MOST_LINES = 8;

/** Words as lines of at most a width; a word that is wider by itself is cut. */
export function wrap(text: string, font: Font, width: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (measure(longer, font) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const letter of word) {
      if (line !== '' && measure(line + letter, font) > width) {
        lines.push(line);
        line = '';
      }
      line += letter;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** A picture that grows downwards. */
class Sheet {
  readonly items: Item[] = [];
  y = MARGIN;
  constructor(readonly measure: Measure) {}

  /** Words one line under the other. */
  words(text: string, font: Font, lineHeight: number, colour: Colour = 'ink', most = Infinity): void {
    const lines = wrap(text, font, INNER, this.measure);
    lines.slice(0, most).forEach((line, i) => {
      const cut = i === most - 1 && lines.length > most;
      this.y += lineHeight;
      this.items.push({
        ...{ what: 'text', x: MARGIN, y: this.y - 0.3 * lineHeight, font, colour },
        text: cut ? `${line} …` : line,
      });
    });
  }

  rule(colour: Colour = 'line'): void {
    this.items.push({ what: 'box', x: MARGIN, y: this.y, width: INNER, height: 1, colour });
  }
}

function speedText({ result, time }: LaneSpeed): string {
  const range = rangeText(time);
  return [
    says.written(result.written, result.forwardPasses),
    says.perPass(result.tokensPerPass),
    `${duration(time.median)}${range === undefined ? '' : ` (${range})`}`,
  ].join(' · ');
}

/** Perplexity never without entropy. */
function qualityText(judged: JudgedLane): string | undefined {
  const { quality } = judged;
  if (!quality) return undefined;
  const { perplexity, entropy, distinct2 } = quality;
  const apart = standingText(judged);
  const mean =
    perplexity && judged.standing !== 'unjudged' ? inOne(estimateText(perplexity, threeDigits)) : undefined;
  return [
    mean === undefined
      ? says.unjudged
      : apart === undefined
        ? says.perplexity(mean)
        : says.perplexityApart(mean, apart),
    says.entropy(inOne(estimateText(entropy, twoDecimals))),
    says.distinct(twoDecimals(distinct2.mean)),
  ].join(' · ');
}

function drawLane(sheet: Sheet, judged: JudgedLane, speed: LaneSpeed | undefined, most: number): void {
  const { lane } = judged;
  const { items, measure } = sheet;
  sheet.y += 22;
  sheet.rule();
  sheet.y += 32;
  const { y } = sheet;
  items.push(
    { what: 'text', x: MARGIN, y, text: lane.title, font: 'name', colour: 'ink' },
    {
      ...{ what: 'text', x: MARGIN + measure(lane.title, 'name') + 10, y },
      ...{ text: lane.detail, font: 'figure', colour: 'ink-soft' },
    },
  );
  const bar = { x: MARGIN, y: y + 12, width: INNER, height: 8 };
  sheet.y += 24;
  if (!speed) {
    items.push({ what: 'hatch', ...bar, colour: 'hatch-ink' });
    items.push({
      ...{
        what: 'text',
        x: WIDTH - MARGIN,
        y,
        text: says.notRun,
        font: 'figure',
        colour: 'ink-soft',
        end: true,
      },
    });
    return;
  }
  const rate = speed.tokensPerSecond.median;
  const against = speed.speedUp === undefined ? '' : `  ·  ${timesText(speed.speedUp)}`;
  items.push(
    { what: 'box', ...bar, colour: 'bar-ahead' },
    {
      ...{ what: 'box', ...bar, width: most > 0 ? INNER * Math.min(1, rate / most) : 0 },
      colour: speed.fastest ? 'ink' : 'bar',
    },
    {
      ...{ what: 'text', x: WIDTH - MARGIN, y, text: `${says.rate(threeDigits(rate))}${against}` },
      ...{ font: 'name', colour: 'ink', end: true },
    },
  );
  sheet.y += 8;
  sheet.words(speed.result.text, 'text', 31, 'ink', MOST_LINES);
  sheet.y += 6;
  sheet.words(speedText(speed), 'figure', 25, 'ink-soft');
  const quality = qualityText(judged);
  if (quality === undefined) {
    items.push({ what: 'hatch', x: MARGIN, y: sheet.y + 6, width: 240, height: 14, colour: 'hatch-ink' });
    sheet.y += 25;
  } else sheet.words(quality, 'figure', 25, 'ink-soft');
}

/** Weights and backends of the lanes, as far as they are known. */
function precision(lanes: readonly NamedLane[]): string | undefined {
  const costs = lanes.flatMap(({ result }) => result?.cost ?? []);
  const distinct = (names: string[]): string[] => [...new Set(names)];
  if (costs.length === 0) return undefined;
  return says.precision(
    distinct(costs.map(({ weights }) => weights)),
    distinct(costs.map(({ backend }) => backend)),
  );
}

/** How it was done, for the foot. */
function howText(lanes: readonly NamedLane[], facts: PictureFacts): string {
  const { seed, temperature, topP, prompt } = facts.settings;
  return [
    prompt === '' ? says.noise(seed, temperature, topP) : says.noisePrompt(seed, temperature, topP, prompt),
    timesSource(lanes, facts),
    qualitySource(lanes),
    precision(lanes),
  ]
    .filter((sentence) => sentence !== undefined)
    .join(' ');
}

/** Lay a race out: what came of it in a sentence, the lanes with text and figures, and how it was obtained. */
export function racePicture(lanes: readonly NamedLane[], facts: PictureFacts, measure: Measure): Picture {
  const sheet = new Sheet(measure);
  const { speeds, most } = compareSpeeds(lanes);
  sheet.words(headline(lanes, facts), 'title', 45);
  const slow = slowness(lanes, facts);
  if (slow !== undefined) sheet.words(slow, 'name', 32);
  compareQuality(lanes).lanes.forEach((judged, i) => {
    drawLane(sheet, judged, speeds[i], most);
  });
  sheet.y += 26;
  sheet.rule('line-strong');
  sheet.y += 14;
  sheet.words(howText(lanes, facts), 'small', 22, 'ink-soft');
  sheet.y += 34;
  const logo = measure('Un', 'logo');
  sheet.items.push(
    { what: 'text', x: MARGIN, y: sheet.y, text: 'Un', font: 'logo', colour: 'ink' },
    { what: 'hatch', x: MARGIN + logo + 1, y: sheet.y - 15, width: 50, height: 16, colour: 'line-strong' },
    {
      ...{ what: 'text', x: WIDTH - MARGIN, y: sheet.y, text: facts.date.toISOString().slice(0, 10) },
      ...{ font: 'small', colour: 'ink-soft', end: true },
    },
  );
  return { width: WIDTH, height: Math.ceil(sheet.y + 0.7 * MARGIN), items: sheet.items };
}
