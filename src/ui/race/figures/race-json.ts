/** A race with everything that is known of it, for programs. Its fields are explained in docs/exports.md. */
import type { LaneResult } from '../../../worker/race/result.ts';
import type { LaneSettings, NamedLane } from '../named-lane.ts';
import { compareSpeeds } from './compare.ts';
import { qualitySource, slowness, timesSource, type Where } from './words.ts';

/** What all lanes share. */
export interface RaceSettings {
  /** Slots of each lane; the token that begins a text is given besides. */
  slots: number;
  seed: number;
  temperature: number;
  topP: number;
  prompt: string;
}

export interface RaceJson {
  version: 1;
  /** When it was saved, ISO 8601. */
  date: string;
  settings: RaceSettings;
  device: { name: string; software: boolean };
  /** The clock by which lanes are compared. */
  clock?: 'gpu' | 'wall';
  /** How times and quality were obtained, in sentences. */
  obtained: string[];
  lanes: {
    title: string;
    detail: string;
    kind: NamedLane['kind'];
    settings: LaneSettings;
    speedUp?: number;
    /** As the engine gave it: trace, tokens of all texts, all timings, quality; null until it has been run. */
    result: LaneResult | null;
  }[];
}

/**
 * A race as JSON text. Numbers that JSON does not have, such as the exp of too much, are null.
 * @param settings those that the results were asked for with
 */
export function raceJson(
  lanes: readonly NamedLane[],
  { date, settings, device, software }: Where & { date: Date; settings: RaceSettings },
): string {
  const where = { device, software };
  const { clock, speeds } = compareSpeeds(lanes);
  const { slots, seed, temperature, topP, prompt } = settings;
  const race: RaceJson = {
    ...{ version: 1, date: date.toISOString(), settings: { slots, seed, temperature, topP, prompt } },
    device: { name: device, software },
    ...(clock ? { clock } : {}),
    obtained: [slowness(lanes, where), timesSource(lanes, where), qualitySource(lanes)].filter(
      (sentence) => sentence !== undefined,
    ),
    lanes: lanes.map(({ title, detail, kind, settings, result }, i) => {
      const speedUp = speeds[i]?.speedUp;
      return {
        ...{ title, detail, kind, settings, ...(speedUp === undefined ? {} : { speedUp }) },
        result: result ?? null,
      };
    }),
  };
  return JSON.stringify(race);
}
