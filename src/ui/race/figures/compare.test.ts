import { describe, expect, it } from 'vitest';
import { compareQuality, compareSpeeds } from './compare.ts';
import { around, emptyLane, madeLane } from './testing.ts';

const teacher = madeLane({ kind: 'teacher', steps: 32, gpu: [20, 22, 30], wall: [30, 32, 40] });
const student = madeLane({ index: 1, gpu: [4, 5, 6], wall: [9, 8, 10] });

describe('compareSpeeds', () => {
  it('holds every lane against the slowest, by medians of the GPU’s own clock', () => {
    const { clock, speeds, most } = compareSpeeds([teacher, student]);
    expect(clock).toBe('gpu');
    expect(speeds.map((speed) => speed?.speedUp)).toEqual([1, expect.closeTo(22 / 5, 12)]);
    expect(speeds[1]?.tokensPerSecond).toEqual({ median: 6200, low: 31_000 / 6, high: 7750 });
    expect(most).toBe(7750);
    expect(speeds.map((speed) => speed?.fastest)).toEqual([false, true]);
    expect(speeds.map((speed) => speed?.overlaps)).toEqual([false, false]);
  });

  it('takes the wall’s clock for all where one lane has no other', () => {
    const { clock, speeds } = compareSpeeds([madeLane({ gpu: null, wall: [64, 64, 64] }), student]);
    expect(clock).toBe('wall');
    expect(speeds.map((speed) => speed?.time.median)).toEqual([64, 9]);
    expect(speeds[1]?.speedUp).toBeCloseTo(64 / 9, 12);
  });

  it('does not count lanes that have not been run', () => {
    const { speeds } = compareSpeeds([teacher, emptyLane(), student]);
    expect(speeds.map((speed) => speed?.speedUp)).toEqual([1, undefined, expect.closeTo(4.4, 12)]);
    expect(speeds[1]).toBeUndefined();
    expect(compareSpeeds([emptyLane()])).toEqual({ clock: undefined, speeds: [undefined], most: 0 });
  });

  it('compares one lane with nothing, and finds equal ones equal', () => {
    const [alone] = compareSpeeds([student, emptyLane()]).speeds;
    expect(alone).not.toHaveProperty('speedUp');
    expect(alone?.fastest).toBe(false);
    const equal = compareSpeeds([student, { ...student, index: 2 }]).speeds;
    expect(equal.map((speed) => speed?.speedUp)).toEqual([1, 1]);
    expect(equal.some((speed) => speed?.fastest)).toBe(false);
  });

  it('says where the ranges of a lane and of the slowest overlap', () => {
    const near = madeLane({ gpu: [18, 19, 21] });
    expect(compareSpeeds([teacher, near, student]).speeds.map((speed) => speed?.overlaps)).toEqual([
      ...[false, true, false],
    ]);
  });

  it('has no factor from fewer than three runs of a lane', () => {
    const twice = madeLane({ gpu: [20, 22] });
    const { speeds } = compareSpeeds([twice, student]);
    expect(speeds.map((speed) => speed?.speedUp)).toEqual([undefined, undefined]);
    expect(speeds.some((speed) => speed?.fastest)).toBe(false);
    expect(speeds[0]?.tokensPerSecond.median).toBeCloseTo(31_000 / 21, 9);
  });

  it('tells nothing of the speed of lanes in which everything was given', () => {
    const given = madeLane({ written: 0, passes: 1 });
    const { speeds } = compareSpeeds([given, student]);
    expect(speeds[0]).not.toHaveProperty('speedUp');
    expect(speeds[1]?.speedUp).toBe(1);
  });
});

describe('compareQuality', () => {
  const judged = madeLane({ quality: { texts: 64 } });
  const own = madeLane({ kind: 'causal', quality: { selfScored: true, perplexity: around(6, 1) } });

  it('leaves out what the lane’s own model judged', () => {
    const { judge, lanes } = compareQuality([judged, own]);
    expect(judge).toBe('causal');
    expect(lanes.map(({ standing }) => standing)).toEqual(['compared', 'self-scored']);
    expect(lanes.map(({ compared }) => compared?.mean)).toEqual([32.8, undefined]);
    expect(compareQuality([own]).judge).toBeUndefined();
  });

  it('compares only what one judge judged: that of most lanes', () => {
    const other = madeLane({ quality: { judge: 'large' } });
    const { judge, lanes } = compareQuality([other, judged, judged]);
    expect(judge).toBe('causal');
    expect(lanes.map(({ standing }) => standing)).toEqual(['other-judge', 'compared', 'compared']);
  });

  it('tells what is not known yet from what nobody judged, and from what came to no number', () => {
    const { perplexity: _, judge: __, ...unjudged } = judged.result.quality!;
    const lanes = [
      emptyLane(),
      madeLane(),
      { ...judged, result: { ...judged.result, quality: unjudged } },
      madeLane({ quality: { perplexity: { mean: Infinity } } }),
    ];
    const { lanes: found } = compareQuality(lanes);
    expect(found.map(({ standing }) => standing)).toEqual(['unknown', 'unknown', 'unjudged', 'unjudged']);
    expect(found.every(({ compared }) => compared === undefined)).toBe(true);
  });

  it('counts texts, which may differ while some lanes are still being judged', () => {
    expect(compareQuality([judged, madeLane({ quality: { texts: 1 } })]).texts).toEqual({
      least: 1,
      most: 64,
    });
    expect(compareQuality([emptyLane()]).texts).toBeUndefined();
  });
});
