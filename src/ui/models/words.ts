/** What the view says of models, of room and of downloads. */
import { bytesText, ofBytes } from '../../worker/bytes.ts';
import type {
  KeepPreflight,
  LimitNeed,
  MemoryModelInfo,
  ModelPreflight,
  StoredModelInfo,
  StoreState,
} from '../../worker/checkpoints/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { inWords, plural } from '../messages/english.ts';
import { speedOf, type Download, type Keep } from '../stores/models.ts';
import { number } from '../watch/numbers.ts';
import { mirrorOf } from './source.ts';

/** A count of parameters: "169 million", "1.45 billion". */
export function parametersText(count: number): string {
  if (count >= 1e9) return `${number(count / 1e9, 2)} billion`;
  if (count >= 1e6) return `${number(count / 1e6, count < 1e7 ? 1 : 0)} million`;
  return number(count);
}

/** Time that is left, as coarse as it is known: seconds near the end, then minutes. */
export function leftText(seconds: number): string {
  if (seconds < 5) return 'a few seconds left';
  if (seconds < 55) return `about ${5 * Math.ceil(seconds / 5)} s left`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `about ${minutes} min left`;
  // Of hours, quarters are enough.
  const quarters = Math.ceil(minutes / 15);
  const rest = (quarters % 4) * 15;
  const hours = Math.floor(quarters / 4);
  return `about ${number(hours)} h${rest === 0 ? '' : ` ${rest} min`} left`;
}

/** How fast a download is and how long it takes; '' until that is known. @param now of the clock of its samples, ms */
export function paceText(download: Download, now: number): string {
  const speed = speedOf(download, now);
  if (download.state !== 'running' || speed === undefined) return '';
  if (download.loaded >= download.total) return 'all of it came; it is being checked';
  if (speed === 0) return 'waiting for the host';
  return `${bytesText(speed)}/s, ${leftText((download.total - download.loaded) / speed)}`;
}

/** How far a download is. */
export const amountText = ({ loaded, total }: Pick<Download, 'loaded' | 'total'>): string =>
  total === 0 ? 'asking the host' : ofBytes(loaded, total);

/** How a model's weights are kept. */
export const KEEPS: Record<Keep, string> = { f16: 'rounded to f16', file: 'as in the file' };

/** What kind of model it is, with the steps that it is for. */
export function kindText({ kind, nativeSteps }: Pick<ModelInfo, 'kind' | 'nativeSteps'>): string {
  if (kind === 'causal') return 'autoregressive';
  if (kind === 'teacher') return 'teacher';
  return nativeSteps === undefined ? 'student' : `student, ${stepsText(nativeSteps)}`;
}

/** "8 steps": whole ones, where a round ends between two numbers. */
const stepsText = (steps: number): string => {
  const whole = Math.max(1, Math.round(steps));
  return plural(whole, 'step', 'steps');
};

/** Where a model came from. */
export function originText(
  { origin }: Pick<ModelInfo, 'origin'>,
  stored: StoredModelInfo | undefined,
): string {
  if (origin === 'bundled') return 'comes with this page';
  if (origin === 'file') return 'from your files, until the page is left';
  if (origin === 'distilled') return 'made here';
  if (!stored?.source) return 'from the hub, until the page is left';
  const { repo, revision } = stored.source;
  const at = revision === 'main' ? '' : ` at ${revision}`;
  const by = mirrorOf(stored.source);
  return `from ${repo}${at}${by === undefined ? '' : `, by ${by}`}`;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const isOrAre = ({ length }: readonly unknown[]): string => (length === 1 ? 'is' : 'are');

const sumOf = (models: readonly { bytes: number }[]): number =>
  models.reduce((sum, { bytes }) => sum + bytes, 0);

/** What is asked before all that is kept is deleted: of what cannot be fetched again, too. */
export function deleteAllText({ models, partial, inMemory = [] }: StoreState): string {
  const bytes = bytesText(sumOf(models) + sumOf(inMemory));
  const what = `Delete ${bytes} of models${partial.length > 0 ? ', and downloads that broke off' : ''}?`;
  const own = models.filter(({ origin }) => origin === 'distilled').length;
  if (own === 0) return what;
  const trained = own === 1 ? 'One of them was' : `${capital(inWords(own))} of them were`;
  return `${what} ${trained} trained here, and cannot be fetched again.`;
}

/** What is here, in a sentence. */
export function headline(
  models: readonly Pick<ModelInfo, 'origin'>[],
  store: Pick<StoreState, 'models' | 'inMemory'> | undefined,
): string {
  if (models.length === 0) return 'The models are being listed.';
  const count = capital(inWords(models.length));
  const are = models.length === 1 ? 'model is' : 'models are';
  const { models: stored, inMemory = [] } = store ?? { models: [] };
  const parts = [
    ...(stored.length === 0
      ? []
      : [
          `${inWords(stored.length)} of them ${isOrAre(stored)} kept in this browser, ${bytesText(sumOf(stored))}`,
        ]),
    ...(inMemory.length === 0
      ? []
      : [`${inWords(inMemory.length)} ${isOrAre(inMemory)} in memory until the page is left`]),
  ];
  return `${count} ${are} here; ${parts.length === 0 ? 'none of them has to be kept' : parts.join(', and ')}.`;
}

/** Room that is taken and given, in a sentence; undefined where the browser does not say. */
export function roomText({ usage, quota }: Pick<StoreState, 'usage' | 'quota'>): string | undefined {
  if (usage === undefined || quota === undefined) return undefined;
  return `${bytesText(usage)} of ${bytesText(quota)} that this browser gives the page; ${bytesText(Math.max(0, quota - usage))} free.`;
}

/** Whether the browser promised to keep it. */
export const PERSISTENCE = {
  promised: 'The browser promised not to clear it by itself.',
  open: 'The browser may clear it when room gets scarce.',
} as const;

/** The network, in a sentence. */
export function shapeText({ parameters, shape }: ModelPreflight): string {
  const { hidden, blocks, heads, vocabulary, length } = shape;
  return (
    `${parametersText(parameters)} parameters: ${plural(blocks, 'block', 'blocks')} of ${number(hidden)}, ` +
    `${plural(heads, 'head', 'heads')}, ${number(vocabulary)} tokens, texts of up to ${number(length)}.`
  );
}

/** Limits as people know them, where they have a name besides. */
const LIMITS: Readonly<Partial<Record<string, string>>> = {
  maxBufferSize: 'Largest buffer',
  maxStorageBufferBindingSize: 'Largest part of a buffer in use at once',
};

/** What a limit is called, with its name in WebGPU. */
export const limitName = ({ limit }: Pick<LimitNeed, 'limit'>): string => LIMITS[limit] ?? limit;

/** A value of a limit: sizes in bytes with their unit, counts as they are. */
export const limitValue = ({ limit }: Pick<LimitNeed, 'limit'>, value: number): string =>
  /Size$/.test(limit) && !/Workgroup/.test(limit) ? bytesText(value) : number(value);

/** What the button does. */
export function fetchLabel({ downloadBytes, haveBytes }: KeepPreflight): string {
  return haveBytes > 0 ? `Go on: ${bytesText(downloadBytes)} to fetch` : `Fetch ${bytesText(downloadBytes)}`;
}

/** Where it will be kept, where that is not on disk. */
export const keptText = (kept: KeepPreflight['kept']): string | undefined =>
  kept === 'memory'
    ? 'There is no room in the store: it stays in memory, and is gone when the page is left.'
    : undefined;

/** What is said beside the amount of a download that came to its end. */
export const doneText = (memory: MemoryModelInfo | undefined): string =>
  memory === undefined ? 'all of it is here' : 'in memory only: the store has no room for it';

/** The downloads for those who listen: by quarters, so that it is not said all the time. */
export const downloadsSpoken = (downloads: readonly Download[]): string =>
  downloads
    .map(({ title, state, loaded, total, failure }) => {
      if (state === 'done') return `${title} is here.`;
      if (state === 'failed') return `${title}: ${failure?.message ?? 'it failed.'}`;
      if (state === 'stopped') return `${title}: stopped.`;
      const quarters = total === 0 ? 0 : Math.floor((4 * loaded) / total);
      return quarters === 0 ? `${title} is being fetched.` : `${title}: ${25 * Math.min(3, quarters)} %.`;
    })
    .join(' ');
