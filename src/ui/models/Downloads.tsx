import './downloads.css';
import type { ReactNode } from 'react';
import type { PartialDownload } from '../../worker/checkpoints/result.ts';
import {
  discardDownload,
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
import { othersOf, useModels, type Download } from '../stores/models.ts';
import { keyOf, titleAt } from './source.ts';
import { amountText, KEEPS, paceText } from './words.ts';

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

function Discard({ source }: Pick<Download, 'source'>) {
  return (
    <Confirm
      label="Discard"
      asks="Throw away what is here of it?"
      yes="Yes, discard"
      onYes={() => {
        void withFocus(discardDownload(source));
      }}
    />
  );
}

/** The buttons of a download of this visit. */
function Buttons({ download }: { download: Download }) {
  const { key, state, model, source } = download;
  if (state === 'running') {
    return (
      <button
        type="button"
        className="small"
        onClick={() => {
          stopDownload(key);
        }}
      >
        Cancel
      </button>
    );
  }
  if (state !== 'done') {
    return (
      <>
        <button type="button" className="small" onClick={() => void resumeDownload(download)}>
          {state === 'failed' ? 'Try again' : 'Go on'}
        </button>
        <Discard source={source} />
      </>
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
          Open in Watch
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
        Close
      </button>
    </>
  );
}

/** What is said beside the amount. */
function sideText(download: Download): string {
  if (download.state === 'stopped') return 'stopped; what came of it is kept';
  if (download.state === 'done') return 'all of it is here';
  return paceText(download);
}

function OfThisVisit({ download }: { download: Download }) {
  const { title, keep, loaded, total, state, failure } = download;
  return (
    <Line {...{ title, loaded, total, state }} says={KEEPS[keep]}>
      <div className="download-line">
        <span className="download-amount">{amountText(download)}</span>
        <span className="download-pace">{sideText(download)}</span>
        <span className="download-buttons">
          <Buttons download={download} />
        </span>
      </div>
      {state === 'failed' && failure && <Notice kind="error">{failure.message}</Notice>}
    </Line>
  );
}

function Earlier({ partial, now }: { partial: PartialDownload; now: number }) {
  const { source, keep, loaded, total, at, busy } = partial;
  const since = ago(Math.max(0, (now - at) / 1000));
  return (
    <Line {...{ loaded, total }} title={titleAt(source)} says={KEEPS[keep]} state="stopped">
      <div className="download-line">
        <span className="download-amount">{amountText(partial)}</span>
        <span className="download-pace">{busy ? 'another tab is at it' : `broke off ${since}`}</span>
        <span className="download-buttons">
          {!busy && (
            <>
              <button type="button" className="small" onClick={() => void resumePartial(partial)}>
                Go on
              </button>
              <Discard source={source} />
            </>
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
      <h2 id="downloads-title">Downloads</h2>
      <ul role="list">
        {downloads.map((download) => (
          <OfThisVisit key={download.key} download={download} />
        ))}
        {earlier.map((partial) => (
          <Earlier key={keyOf(partial.source)} {...{ partial, now }} />
        ))}
      </ul>
      <p className="hint">They go on while other views are open, and after a reload they can be taken up.</p>
    </section>
  );
}
