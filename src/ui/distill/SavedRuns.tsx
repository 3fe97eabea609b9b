import { bytesText } from '../../words/bytes.ts';
import type { SavedRun } from '../../worker/distill/result.ts';
import { discard, resume } from '../actions/distill-open.ts';
import { Confirm } from '../components/Confirm.tsx';
import { distill } from '../messages/distill.ts';
import { useDistill } from '../stores/distill.ts';
import { withFocus } from './focus.ts';
import { useNow } from './now.ts';
import { ago } from './sentence.ts';

const says = distill.savedRuns;

function Run({ saved, busy }: { saved: SavedRun; busy: boolean }) {
  const { run, teacher, round, rounds, updates, savedAt, bytes, finished } = saved;
  const now = useNow();
  const blocked = busy || saved.busy;
  return (
    <li>
      <p>
        {finished ? says.finished(teacher, rounds, updates) : says.open(teacher, round, rounds, updates)}
        <small>
          {(saved.busy ? says.whenBusy : says.when)(
            ago(Math.max(0, (now - savedAt) / 1000)),
            bytesText(bytes),
          )}
        </small>
      </p>
      <span className="saved-actions">
        <button
          type="button"
          className="small"
          aria-disabled={blocked}
          onClick={() => {
            if (!blocked) void withFocus(resume(run));
          }}
        >
          {finished ? says.look : says.resume}
        </button>
        <Confirm
          label={says.delete}
          asks={says.asks}
          yes={says.yes}
          disabled={saved.busy}
          onYes={() => {
            void withFocus(discard(run));
          }}
        />
      </span>
    </li>
  );
}

/** Distillations that wait in this browser, and those that are done. */
export function SavedRuns() {
  const saved = useDistill((view) => view.saved);
  const status = useDistill((view) => view.status);
  const open = useDistill((view) => view.state?.run);
  const others = (saved ?? []).filter(({ run }) => run !== open);
  if (others.length === 0) return null;
  return (
    <section className="card saved-runs" aria-labelledby="saved-title">
      <h2 id="saved-title">{says.title}</h2>
      <ul role="list">
        {others.map((one) => (
          <Run key={one.run} saved={one} busy={status === 'running' || status === 'opening'} />
        ))}
      </ul>
    </section>
  );
}
