import { expect, it } from 'vitest';
import type { ModelInfo } from '../../worker/protocol.ts';
import { nameLanes, spokenNames } from './name.ts';
import { budgetText, type LaneSettings } from './named-lane.ts';

const file: ModelInfo = {
  ...{ id: 'tiny-mdlm', kind: 'teacher', vocabulary: 9, length: 8, origin: 'file', title: 't', bytes: 1 },
};
const lane = (model: string, steps = 4, sampler: LaneSettings['sampler'] = 'ancestral'): LaneSettings => ({
  ...{ model, steps, sampler },
});
const named = (...lanes: LaneSettings[]) => nameLanes(lanes, [file], []);
const spoken = (...lanes: LaneSettings[]): string[] => spokenNames(named(...lanes));

it('nameLanes says what each lane is and what sets it apart', () => {
  const lanes = named(
    ...[lane('student'), lane('teacher', 1, 'confidence'), lane('causal')],
    ...[lane('tiny-mdlm', 2, 'first-hitting')],
  );
  expect(lanes.map(({ title, detail }) => `${title}: ${detail}`)).toEqual([
    'Student: 4 steps, ancestral',
    'Teacher: 1 step, confidence',
    'Autoregressive: with KV cache, left to right',
    'tiny-mdlm: first-hitting, one slot a pass',
  ]);
  expect(lanes.map(({ kind }) => kind)).toEqual(['student', 'teacher', 'causal', 'teacher']);
});

it('budgetText shows steps only where they are read', () => {
  const text = ({ kind, settings }: ReturnType<typeof named>[number]) => budgetText(kind, settings);
  expect(
    named(lane('student', 1024), lane('teacher', 32, 'first-hitting'), lane('causal')).map(text),
  ).toEqual(['1,024', 'first-hitting', '']);
});

it('spokenNames are as short as tells them apart', () => {
  expect(spoken(lane('student'), lane('teacher'), lane('causal'))).toEqual([
    ...['the student', 'the teacher', 'the autoregressive model'],
  ]);
  expect(spoken(lane('student', 1), lane('student', 8), lane('teacher'))).toEqual([
    ...['the student at 1 step', 'the student at 8 steps', 'the teacher'],
  ]);
  expect(spoken(lane('student', 4), lane('student', 4, 'confidence'), lane('tiny-mdlm'))).toEqual([
    ...['lane 1', 'lane 2', 'tiny-mdlm'],
  ]);
  expect(spoken(lane('causal'), lane('causal'))).toEqual(['lane 1', 'lane 2']);
});
