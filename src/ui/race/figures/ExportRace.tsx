import { exportRaceCsv, exportRaceJson, exportRacePng, type RaceToSave } from '../../actions/export-race.ts';
import { SaveFiles } from '../../components/SaveFiles.tsx';
import { raceFigures } from '../../messages/race-figures.ts';

const says = raceFigures.save;

/** The race to take away. */
export function ExportRace(race: RaceToSave) {
  const nothing = race.lanes.every(({ result }) => result === undefined);
  return (
    <SaveFiles
      title={says.title}
      forms={[
        { label: says.png, save: () => exportRacePng(race) },
        { label: says.csv, save: () => exportRaceCsv(race) },
        { label: says.json, save: () => exportRaceJson(race) },
      ]}
      nothing={nothing ? says.nothing : undefined}
    />
  );
}
