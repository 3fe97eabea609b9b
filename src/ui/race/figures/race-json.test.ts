import { expect, it } from 'vitest';
import { raceJson, type RaceJson } from './race-json.ts';
import { emptyLane, madeLane } from './testing.ts';

const settings = { slots: 31, seed: 7, temperature: 1, topP: 0.9, prompt: 'Once' };
const facts = { settings, device: 'acme one', software: true, date: new Date(0) };
const saved = (lanes: Parameters<typeof raceJson>[0]): RaceJson =>
  JSON.parse(raceJson(lanes, facts)) as RaceJson;

it('has version, settings, device, and each lane as the engine gave it', () => {
  const teacher = madeLane({ kind: 'teacher', gpu: [20, 20, 20] });
  const student = madeLane({ index: 1, quality: {} });
  const race = saved([teacher, student, emptyLane({ index: 2 })]);
  expect(race).toMatchObject({
    ...{ version: 1, date: '1970-01-01T00:00:00.000Z', settings, clock: 'gpu' },
    device: { name: 'acme one', software: true },
  });
  expect(race.lanes.map(({ result }) => result)).toEqual([teacher.result, student.result, null]);
  expect(race.lanes.map(({ speedUp }) => speedUp)).toEqual([1, 4, undefined]);
  expect(race.lanes[1].settings).toEqual({ model: 'student', sampler: 'ancestral', steps: 4 });
  expect(race.lanes[1].result?.milliseconds.values).toEqual([9, 8, 10]);
});

it('says how its numbers were obtained, and what they are worth', () => {
  expect(saved([madeLane({ quality: {} })]).obtained.join(' ')).toMatch(
    /nothing about GPUs.*3 runs.*GPU’s own clock.*acme one.*“causal”.*95 %/,
  );
  expect(saved([emptyLane()])).not.toHaveProperty('clock');
});

it('takes nothing of the settings that it does not document', () => {
  const more = { ...settings, lanes: ['not here'], rule: 'time' };
  expect(raceJson([], { ...facts, settings: more })).not.toMatch(/not here|rule/);
});

it('has null for what is no number', () => {
  const race = saved([madeLane({ quality: { perplexity: { mean: Infinity } } })]);
  expect(race.lanes[0].result?.quality?.perplexity).toEqual({ mean: null });
});
