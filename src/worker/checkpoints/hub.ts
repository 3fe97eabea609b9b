/** What the engine asks of a hub; `hub-access.ts` is the one that there is. Nothing here runs. */
import type { ModelConfig } from '../../model/checkpoint/config.ts';
import type { DownloadSink } from '../../model/checkpoint/hub/sink.ts';
import type { HubFile, HubListing, HubSource } from '../../model/checkpoint/hub/source.ts';
import type { ModelPreflight } from './result.ts';

/** A call that may be stopped. */
export interface Stoppable {
  signal?: AbortSignal;
}

/** What is known of a model before its weights are fetched. */
export interface DescribedModel {
  /** As links call it, unless it is taken. */
  id: string;
  title: string;
  /** config.json as `openCheckpoint` takes it, native steps of the released list included. */
  source: object;
  /** Checked against the header of the weights. */
  config: ModelConfig;
  dtype: ModelPreflight['dtype'];
  parameters: number;
  /** All that is fetched, weights included. */
  files: HubFile[];
  weights: HubFile;
  /** Bytes of the weights file, its floats rounded to f16. */
  f16Bytes: number;
  /** Bytes of a tokenizer that is stored too and comes with the page. */
  ownBytes?: number;
}

export interface RemoteModel extends DescribedModel {
  listing: HubListing;
}

export interface Hub {
  /** @throws UnmaskError 'argument' */
  check(source: HubSource): Required<HubSource>;
  /** @throws UnmaskError 'not-found', 'network', 'file-format' or 'aborted' */
  list(source: Required<HubSource>, on: Stoppable): Promise<HubListing>;
  /** Reads configuration and header, and checks one against the other. @throws UnmaskError as `openCheckpoint`, and as `list` */
  describe(listing: HubListing, on: Stoppable): Promise<RemoteModel>;
  /** tokenizer.json, parsed; undefined where there is none that fits. */
  tokenizer(remote: RemoteModel, on: Stoppable): Promise<object | undefined>;
  /**
   * The weights into a sink, from where that is.
   * @param onBytes told how many bytes of the source are there, and how many there are
   */
  download(
    remote: RemoteModel,
    keep: 'file' | 'f16',
    sink: DownloadSink,
    on: Stoppable & { onBytes: (loaded: number, total: number) => void },
  ): Promise<void>;
}
