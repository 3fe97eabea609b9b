import './offline-card.css';
import { useEffect } from 'react';
import { bytesText, ofBytes } from '../../words/bytes.ts';
import { keepOffline, lookOffline, removeOffline, stopKeeping } from '../actions/offline.ts';
import { Confirm } from '../components/Confirm.tsx';
import { Notice } from '../components/Notice.tsx';
import { withFocus } from '../distill/focus.ts';
import { offline } from '../messages/offline.ts';
import { bytesOf, useOffline } from '../stores/offline.ts';

const words = offline.card;

const HEADING = '#offline-title';

/** A button that another one takes the place of: the focus goes to the heading meanwhile. */
function Go({ label, run }: { label: string; run: () => void }) {
  return (
    <button
      type="button"
      className="small"
      onClick={() => {
        run();
        void withFocus(Promise.resolve(), HEADING);
      }}
    >
      {label}
    </button>
  );
}

/** All that can be fetched beforehand, so that the page runs without a network. */
function Kept() {
  const { rest, missing, asked, loaded, total, failure, stopped } = useOffline();
  const here = bytesOf(rest) - bytesOf(missing);
  const fetching = loaded !== undefined;
  const whole = missing.length === 0;
  const begun = stopped || failure !== undefined;
  const [sizeHere, sizeMissing] = [bytesText(here), bytesText(bytesOf(missing))];
  return (
    <>
      <p role="status">
        {stopped && `${words.stopped} `}
        {fetching ? words.running : whole ? words.all(sizeHere) : words.some(sizeMissing, sizeHere)}
      </p>
      {fetching && (
        <div className="offline-line">
          <progress aria-label={words.progress} max={Math.max(1, total)} value={loaded} />
          <span>{ofBytes(loaded, total)}</span>
        </div>
      )}
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
      <p className="offline-buttons">
        {fetching && <Go label={words.cancel} run={stopKeeping} />}
        {!fetching && !(whole && asked) && (
          <Go label={here > 0 && (asked || begun) ? words.goOn : words.keep} run={() => void keepOffline()} />
        )}
        {!fetching && here > 0 && (
          <Confirm
            label={words.remove}
            asks={words.removeAsks}
            yes={words.removeYes}
            no={words.removeNo}
            onYes={() => {
              void withFocus(removeOffline(), HEADING);
            }}
          />
        )}
        <span className="hint">{words.hint}</span>
      </p>
    </>
  );
}

/** Keep the page for offline: how much that is, how far it is, and away with it again. */
export function OfflineCard() {
  const where = useOffline((state) => state.where);
  useEffect(() => {
    // Models that were used meanwhile are kept by now.
    if (where === 'ready') void lookOffline();
  }, [where]);
  return (
    <section className="card offline-card" aria-labelledby="offline-title">
      <h2 id="offline-title" tabIndex={-1}>
        {words.title}
      </h2>
      {where === 'ready' ? <Kept /> : <p>{words[where]}</p>}
    </section>
  );
}
