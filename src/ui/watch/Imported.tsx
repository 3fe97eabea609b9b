import { canRunHere, runImported } from '../actions/open-trace.ts';
import { LOCALE } from '../../words/language.ts';
import { printable } from '../messages/printable.ts';
import { traces as words } from '../messages/traces.ts';
import { watch } from '../messages/watch.ts';
import { useEngine } from '../stores/engine.ts';
import type { Run } from '../stores/watch.ts';

const dateOf = (iso: string): string => new Date(iso).toLocaleDateString(LOCALE, { dateStyle: 'medium' });

/** Where an imported run comes from: the file, the model, the machine and the day. */
export function Imported({ run }: { run: Run }) {
  const here = useEngine((state) => canRunHere(run, state));
  const { name, content } = run.file!;
  const { model, made, saved } = content;
  const parts = [
    words.from(printable(name), printable(model?.title ?? run.settings.model)),
    ...(made ? [words.on(printable(made.adapter), printable(made.backend))] : []),
    ...(saved === undefined ? [] : [words.saved(dateOf(saved))]),
  ];
  return (
    <div className="origin">
      <span className="badge" data-origin="imported">
        {watch.origin.imported}
      </span>
      <span>{words.origin(parts)}</span>
      {here && (
        <button type="button" className="small" onClick={runImported}>
          {words.run}
        </button>
      )}
    </div>
  );
}
