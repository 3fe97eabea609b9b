import type { CSSProperties } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { measureQuality, stopRace } from '../actions/run-race.ts';
import { setTexts } from '../actions/race-settings.ts';
import { Choice } from '../components/Choice.tsx';
import { raceParts } from '../messages/race.ts';
import { isWhole, useRace } from '../stores/race.ts';
import { progressSentence, progressShare } from './sentence.ts';

const COUNTS = [16, 64, 256];

const says = raceParts.measure;

/** Asks every lane for many texts, since one says little of how good a model is. */
export function Measure({ names }: { names: readonly string[] }) {
  const { status, progress, texts } = useRace(
    useShallow(({ status, progress, texts }) => ({ status, progress, texts })),
  );
  const whole = useRace(isWhole);
  const measuring = status === 'measuring';
  const ready = whole && status !== 'running';
  return (
    <section className="card race-measure" aria-labelledby="measure-title">
      <h2 id="measure-title">{says.title}</h2>
      <p className="hint">{says.says}</p>
      <div className="race-measure-row">
        <Choice
          legend={says.count}
          options={COUNTS.map((value) => ({ value, label: String(value), disabled: measuring }))}
          value={texts}
          onChange={setTexts}
        />
        <button
          type="button"
          aria-disabled={!ready && !measuring}
          onClick={() => {
            if (measuring) stopRace();
            else if (ready) void measureQuality();
          }}
        >
          {measuring ? says.cancel : says.run}
        </button>
      </div>
      <p className="hint race-measure-says" role="status">
        {measuring ? progressSentence(progress, names, undefined) : ready ? ' ' : says.first}
      </p>
      <div
        className="progress-line card-progress"
        data-busy={measuring}
        style={{ '--done': measuring ? progressShare(progress, names.length) : 0 } as CSSProperties}
      />
    </section>
  );
}
