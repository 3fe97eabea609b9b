import './downloads.css';
import type { ReactNode } from 'react';
import type { HubSource, PartialDownload } from '../../worker/checkpoints/result.ts';
import {
  discardDownload,
  discardPartial,
  dismissDownload,
  resumeDownload,
  resumePartial,
  stopDownload,
} from '../actions/hub-download.ts';
import { watchModel } from '../actions/use-model.ts';
import { Confirm } from '../components/Confirm.tsx';
import { Notice } from '../components/Notice.tsx';
import { withFocus } from '../distill/focus.ts';
import { useNow } from '../distill/now.ts';
import { ago } from '../distill/sentence.ts';
import { downloads as words, models } from '../messages/models.ts';
import { shared } from '../messages/shared.ts';
import {
  downloadKey,
  elsewhere,
  memoryOf,
  othersOf,
  runsHere,
  useModels,
  type Download,
} from '../stores/models.ts';
import { titleAt } from './title.ts';
import { amountText, doneText, paceText } from './words.ts';

/** Where the focus goes when the pressed button is gone. */
const HEADING = '#downloads-title';

/** A download as a line: what it is, how far it is, what can be done. */
function Line({
  title,
  says,
  loaded,
  total,
  state,
  children,
}: {
  title: string;
  says: string;
  loaded: number;
  total: number;
  state: Download['state'];
  children: ReactNode;
}) {
  return (
    <li className="download" data-state={state}>
      <p className="download-title">
        <b>{title}</b> <small>{says}</small>
      </p>
      <progress aria-label={title} max={Math.max(1, total)} value={Math.min(loaded, total)} />
      {children}
    </li>
  );
}

function Discard({ discard }: { discard: () => Promise<void> }) {
  return (
    <Confirm
      label={words.discard}
      asks={words.discardAsks}
      yes={words.discardYes}
      onYes={() => {
        void withFocus(discard());
      }}
    />
  );
}

/** What is done with a download that did not come to its end. */
function TakeUp({
  source,
  label,
  goOn,
  discard,
}: {
  source: HubSource;
  label: string;
  goOn: () => Promise<void>;
  discard: () => Promise<void>;
}) {
  const waits = useModels((state) => runsHere(state, source));
  return (
    <>
      {!waits && (
        <button
          type="button"
          className="small"
          onClick={() => {
            void goOn();
            void withFocus(Promise.resolve(), HEADING);
          }}
        >
          {label}
        </button>
      )}
      <Discard discard={discard} />
    </>
  );
}

/** The buttons of a download of this visit. */
function Buttons({ download, taken }: { download: Download; taken: boolean }) {
  const { key, state, model } = download;
  if (state === 'running') {
    return (
      <button
        type="button"
        className="small"
        onClick={() => {
          stopDownload(key);
          void withFocus(Promise.resolve(), HEADING);
        }}
      >
        {words.cancel}
      </button>
    );
  }
  if (state !== 'done' && !taken) {
    return (
      <TakeUp
        source={download.source}
        label={state === 'failed' ? shared.tryAgain : words.goOn}
        goOn={() => resumeDownload(download)}
        discard={() => discardDownload(download)}
      />
    );
  }
  return (
    <>
      {model && model.kind !== 'causal' && (
        <button
          type="button"
          className="small"
          onClick={() => {
            watchModel(model);
          }}
        >
          {models.openInWatch}
        </button>
      )}
      <button
        type="button"
        className="small"
        onClick={() => {
          dismissDownload(key);
          void withFocus(Promise.resolve());
        }}
      >
        {shared.close}
      </button>
    </>
  );
}

const monotonic = (): number => performance.now();

/** How fast it is, which nothing but time may change. */
function Pace({ download }: { download: Download }) {
  const now = useNow(1000, monotonic);
  return paceText(download, Math.max(now, download.samples.at(-1)?.at ?? 0));
}

/** What is said beside the amount. */
function Side({ download, taken }: { download: Download; taken: boolean }) {
  const memory = useModels(({ store }) => memoryOf(store, download.model?.id));
  if (download.state === 'done') return doneText(memory);
  if (taken) return words.taken;
  if (download.state === 'stopped') return words.stopped;
  return <Pace download={download} />;
}

function OfThisVisit({ download }: { download: Download }) {
  const { key, title, keep, loaded, total, state, failure } = download;
  const taken = useModels((all) => elsewhere(all).some((partial) => downloadKey(partial) === key));
  return (
    <Line {...{ title, loaded, total, state }} says={models.keeps[keep]}>
      <div className="download-line">
        <span className="download-amount">{amountText(download)}</span>
        <span className="download-pace">
          <Side {...{ download, taken }} />
        </span>
        <span className="download-buttons">
          <Buttons {...{ download, taken }} />
        </span>
      </div>
      {state === 'failed' && !taken && failure && <Notice kind="error">{failure.message}</Notice>}
    </Line>
  );
}

function Earlier({ partial, now }: { partial: PartialDownload; now: number }) {
  const { source, keep, loaded, total, at, busy } = partial;
  const since = ago(Math.max(0, (now - at) / 1000));
  return (
    <Line {...{ loaded, total }} title={titleAt(source)} says={models.keeps[keep]} state="stopped">
      <div className="download-line">
        <span className="download-amount">
          {/* Its size is known to the other tab alone. */}
          {busy && total === 0 ? '' : amountText(partial)}
        </span>
        <span className="download-pace">{busy ? words.taken : words.brokeOff(since)}</span>
        <span className="download-buttons">
          {!busy && (
            <TakeUp
              source={source}
              label={words.goOn}
              goOn={() => resumePartial(partial)}
              discard={() => discardPartial(partial)}
            />
          )}
        </span>
      </div>
    </Line>
  );
}

/** Downloads of this visit, and those that broke off before. */
export function Downloads() {
  const downloads = useModels((state) => state.downloads);
  const store = useModels((state) => state.store);
  const earlier = othersOf({ store, downloads });
  const now = useNow(5000);
  if (downloads.length + earlier.length === 0) return null;
  return (
    <section className="card downloads" aria-labelledby="downloads-title">
      <h2 id="downloads-title" tabIndex={-1}>
        {words.title}
      </h2>
      <ul role="list">
        {downloads.map((download) => (
          <OfThisVisit key={download.key} download={download} />
        ))}
        {earlier.map((partial) => (
          <Earlier key={`${downloadKey(partial)} ${partial.source.commit}`} {...{ partial, now }} />
        ))}
      </ul>
      <p className="hint">{words.hint}</p>
    </section>
  );
}
