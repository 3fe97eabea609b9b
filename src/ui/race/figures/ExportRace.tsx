import './figures.css';
import { useState } from 'react';
import { exportRaceCsv, exportRaceJson, exportRacePng, type RaceToSave } from '../../actions/export-race.ts';
import type { Saved } from '../../actions/download.ts';
import { Notice } from '../../components/Notice.tsx';
import type { Failure } from '../../stores/engine.ts';
import { number } from '../../watch/numbers.ts';

/** The race to take away. */
export function ExportRace(race: RaceToSave) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Failure | Saved>();
  const nothing = race.lanes.every(({ result }) => result === undefined);
  const save = (how: (race: RaceToSave) => Saved) => () => {
    setOutcome(how(race));
  };
  const savePicture = async (): Promise<void> => {
    setBusy(true);
    setOutcome(undefined);
    setOutcome(await exportRacePng(race));
    setBusy(false);
  };
  return (
    <section className="card export-race" aria-labelledby="race-export-title">
      <h2 id="race-export-title">Save this race</h2>
      <button type="button" disabled={nothing || busy} onClick={() => void savePicture()}>
        Picture (PNG)
      </button>
      <button type="button" disabled={nothing} onClick={save(exportRaceCsv)}>
        Table (CSV)
      </button>
      <button type="button" disabled={nothing} onClick={save(exportRaceJson)}>
        Everything (JSON)
      </button>
      {outcome && 'message' in outcome && <Notice kind="error">{outcome.message}</Notice>}
      <p className="hint" role="status">
        {outcome && 'file' in outcome
          ? `${outcome.file}, ${number(outcome.bytes / 1000, 1)} kB.`
          : nothing
            ? 'There is nothing to save before a lane has been run.'
            : ''}
      </p>
    </section>
  );
}
