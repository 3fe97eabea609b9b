import type { NamedLane } from '../race/named-lane.ts';
import { raceCsv } from '../race/figures/race-csv.ts';
import { raceJson, type RaceSettings } from '../race/figures/race-json.ts';
import { racePng } from '../race/figures/race-png.ts';
import type { Where } from '../race/figures/words.ts';
import type { Failure } from '../stores/engine.ts';
import { saveFile, type Saved } from './download.ts';
import { toFailure } from './failure.ts';

/** A race as it is saved: the lanes, where they ran, and what they were asked for. */
export interface RaceToSave extends Where {
  lanes: readonly NamedLane[];
  settings: RaceSettings;
}

/** One row for each lane, for spreadsheets. */
export function exportRaceCsv({ lanes, settings, ...where }: RaceToSave): Saved {
  const text = raceCsv(lanes, where, { prompt: settings.prompt, date: new Date() });
  // With its character set, since spreadsheets guess.
  return saveFile(new Blob([text], { type: 'text/csv;charset=utf-8' }), 'unmask-race.csv');
}

/** Everything that is known of it, for programs. */
export function exportRaceJson({ lanes, ...facts }: RaceToSave): Saved {
  const text = raceJson(lanes, { ...facts, date: new Date() });
  return saveFile(new Blob([text], { type: 'application/json' }), 'unmask-race.json');
}

/** A picture of it. @returns what went wrong, or the file */
export async function exportRacePng({ lanes, ...facts }: RaceToSave): Promise<Failure | Saved> {
  try {
    return saveFile(await racePng(lanes, { ...facts, date: new Date() }), 'unmask-race.png');
  } catch (error) {
    return toFailure(error);
  }
}
