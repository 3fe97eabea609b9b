/** What the view says of models, of room and of downloads: which message, and with which numbers. */
import { bytesText, ofBytes } from '../../words/bytes.ts';
import type {
  KeepPreflight,
  LimitNeed,
  MemoryModelInfo,
  ModelPreflight,
  StoredModelInfo,
  StoreState,
} from '../../worker/checkpoints/result.ts';
import type { ReleasedGroup, ReleasedModel } from '../../worker/checkpoints/released.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { picker, preflight } from '../messages/hub.ts';
import { downloads as downloading, models as words } from '../messages/models.ts';
import { speedOf, type Download } from '../stores/models.ts';
import { number } from '../../words/numbers.ts';
import { mirrorOf } from './source.ts';

/** A count of parameters: "169 million", "1.45 billion". */
export function parametersText(count: number): string {
  if (count >= 1e9) return words.billions(number(count / 1e9, 2));
  if (count >= 1e6) return words.millions(number(count / 1e6, count < 1e7 ? 1 : 0));
  return number(count);
}

/** Time that is left, as coarse as it is known: seconds near the end, then minutes. */
export function leftText(seconds: number): string {
  if (seconds < 5) return words.left.fewSeconds;
  if (seconds < 55) return words.left.seconds(5 * Math.ceil(seconds / 5));
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return words.left.minutes(minutes);
  // Of hours, quarters are enough.
  const quarters = Math.ceil(minutes / 15);
  return words.left.hours(Math.floor(quarters / 4), (quarters % 4) * 15);
}

/** How fast a download is and how long it takes; '' until that is known. @param now of the clock of its samples, ms */
export function paceText(download: Download, now: number): string {
  const speed = speedOf(download, now);
  if (download.state !== 'running' || speed === undefined) return '';
  if (download.loaded >= download.total) return downloading.checked;
  if (speed === 0) return downloading.waiting;
  return downloading.pace(bytesText(speed), leftText((download.total - download.loaded) / speed));
}

/** How far a download is. */
export const amountText = ({ loaded, total }: Pick<Download, 'loaded' | 'total'>): string =>
  total === 0 ? downloading.asking : ofBytes(loaded, total);

/** What kind of model it is, with the steps that it is for. */
export function kindText({ kind, nativeSteps }: Pick<ModelInfo, 'kind' | 'nativeSteps'>): string {
  if (kind !== 'student' || nativeSteps === undefined) return words.kinds[kind];
  // Whole ones, where a round ends between two numbers.
  return words.kinds.studentOf(Math.max(1, Math.round(nativeSteps)));
}

/** Where a model came from. */
export function originText(
  { origin }: Pick<ModelInfo, 'origin'>,
  stored: StoredModelInfo | undefined,
): string {
  if (origin !== 'hub' || !stored?.source) return words.origins[origin];
  const { repo, revision } = stored.source;
  return words.origins.from(repo, revision === 'main' ? undefined : revision, mirrorOf(stored.source));
}

const sumOf = (models: readonly { bytes: number }[]): number =>
  models.reduce((sum, { bytes }) => sum + bytes, 0);

/** What is asked before all that is kept is deleted: of what cannot be fetched again, too. */
export function deleteAllText({ models, partial, inMemory = [] }: StoreState): string {
  const bytes = bytesText(sumOf(models) + sumOf(inMemory));
  const own = models.filter(({ origin }) => origin === 'distilled').length;
  return words.room.deleteAllAsks(bytes, partial.length, own);
}

/** What is here, in a sentence. */
export function headline(
  models: readonly Pick<ModelInfo, 'origin'>[],
  store: Pick<StoreState, 'models' | 'inMemory'> | undefined,
): string {
  if (models.length === 0) return words.listing;
  const { models: stored, inMemory = [] } = store ?? { models: [] };
  return words.headline(models.length, stored.length, bytesText(sumOf(stored)), inMemory.length);
}

/** Room that is taken and given, in a sentence; undefined where the browser does not say. */
export function roomText({ usage, quota }: Pick<StoreState, 'usage' | 'quota'>): string | undefined {
  if (usage === undefined || quota === undefined) return undefined;
  return words.room.says(bytesText(usage), bytesText(quota), bytesText(Math.max(0, quota - usage)));
}

/** The network, in a sentence. */
export function shapeText({ parameters, shape }: ModelPreflight): string {
  const { hidden, blocks, heads, vocabulary, length } = shape;
  return preflight.shape(parametersText(parameters), blocks, hidden, heads, vocabulary, length);
}

/** What a limit is called: as people know it, else by its name in WebGPU. */
export const limitName = ({ limit }: Pick<LimitNeed, 'limit'>): string =>
  (preflight.limits.names as Readonly<Partial<Record<string, string>>>)[limit] ?? limit;

/** A value of a limit: sizes in bytes with their unit, counts as they are. */
export const limitValue = ({ limit }: Pick<LimitNeed, 'limit'>, value: number): string =>
  /Size$/.test(limit) && !/Workgroup/.test(limit) ? bytesText(value) : number(value);

/** What the button does. */
export function fetchLabel({ downloadBytes, haveBytes }: KeepPreflight): string {
  return haveBytes > 0 ? preflight.goOn(bytesText(downloadBytes)) : preflight.fetch(bytesText(downloadBytes));
}

/** Where it will be kept, where that is not on disk. */
export const keptText = (kept: KeepPreflight['kept']): string | undefined =>
  kept === 'memory' ? preflight.willBeInMemory : undefined;

/** What is said beside the amount of a download that came to its end. */
export const doneText = (memory: MemoryModelInfo | undefined): string =>
  memory === undefined ? downloading.whole : downloading.memory;

/** What a group of the released list is. */
export const groupText = ({ id }: Pick<ReleasedGroup, 'id'>): string | undefined =>
  (picker.groups as Readonly<Partial<Record<string, string>>>)[id];

/** What a released teacher is. */
export const checkpointText = ({
  repo,
  revision,
}: Pick<ReleasedModel, 'repo' | 'revision'>): string | undefined =>
  (picker.checkpoints as Readonly<Partial<Record<string, string>>>)[revision === 'main' ? repo : revision];

const { spoken } = downloading;

/** The downloads for those who listen: by quarters, so that it is not said all the time. */
export const downloadsSpoken = (downloads: readonly Download[]): string =>
  downloads
    .map(({ title, state, loaded, total, failure }) => {
      if (state === 'done') return spoken.here(title);
      if (state === 'failed')
        return failure ? spoken.failed(title, failure.message) : spoken.failedSomehow(title);
      if (state === 'stopped') return spoken.stopped(title);
      const quarters = total === 0 ? 0 : Math.floor((4 * loaded) / total);
      return quarters === 0 ? spoken.begun(title) : spoken.percent(title, 25 * Math.min(3, quarters));
    })
    .join(' ');
