import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../worker/protocol.ts';
import { firstRace } from '../stores/race.ts';
import { BUDGETS, presetsOf } from './presets.ts';

const model = (id: string, kind: ModelInfo['kind'], rest: Partial<ModelInfo> = {}): ModelInfo => ({
  ...{ id, kind, vocabulary: 4097, length: 128, origin: 'bundled', title: id, bytes: 1, ...rest },
});
const teacher = model('teacher', 'teacher');
const student = model('student', 'student', { nativeSteps: 2 });
const causal = model('causal', 'causal');
const three = [teacher, student, causal];

const ids = (models: ModelInfo[]): string[] => presetsOf(models, {}, undefined).map(({ id }) => id);
const preset = (id: string, models = three, vocabularies = {}, dial?: string) =>
  presetsOf(models, vocabularies, dial).find((one) => one.id === id)!;

describe('presetsOf', () => {
  it('offers a race only where its models are', () => {
    expect(ids(three)).toEqual(['pair', 'three', 'long', 'budgets']);
    expect(ids([teacher, student])).toEqual(['pair', 'budgets']);
    expect(ids([causal])).toEqual([]);
    expect(ids([])).toEqual([]);
  });

  it('opens with the race that the page opens with', () => {
    const { slots, lanes } = preset('three');
    expect({ slots, lanes }).toEqual({ slots: firstRace.slots, lanes: firstRace.lanes });
  });

  it('fills the models in the long race, and says so', () => {
    const long = preset('long');
    expect(long.slots).toBe(127);
    expect(long.lanes.map(({ steps }) => steps)).toEqual([4, 4, 4]);
    expect(long.label).toContain('128');
    expect(long.says).toContain('127 slots');
    // Without a token that begins a text all of them can be written.
    const none = { maskId: 9 };
    const bare = preset('long', three, { teacher: none, student: none, causal: none });
    expect(bare.slots).toBe(128);
    expect(bare.says).not.toContain('begins');
    expect(ids([{ ...teacher, length: 33 }, student, causal])).not.toContain('long');
  });

  it('keeps within models that are short', () => {
    expect(preset('pair', [{ ...teacher, length: 16 }, student]).slots).toBe(15);
  });

  it('turns the dial of the model that is chosen', () => {
    expect(preset('budgets').lanes.map(({ steps }) => steps)).toEqual(BUDGETS);
    expect(preset('budgets').lanes[0].model).toBe('student');
    expect(preset('budgets', three, {}, 'teacher').lanes[0].model).toBe('teacher');
    expect(preset('budgets', three, {}, 'causal').lanes[0].model).toBe('student');
  });

  it('lines up students by round, most steps first, and races the last of them', () => {
    const rounds = [2, 8, 4].map((nativeSteps) => model(`s${nativeSteps}`, 'student', { nativeSteps }));
    const all = [teacher, ...rounds, model('mine', 'student', { origin: 'file' })];
    expect(preset('students', all).lanes).toEqual(
      ['teacher', 's8', 's4', 's2'].map((id) => ({ model: id, sampler: 'ancestral', steps: 4 })),
    );
    expect(preset('pair', all).lanes[0].model).toBe('s2');
    expect(ids([teacher, student])).not.toContain('students');
  });

  it('has no more lanes than a race may have', () => {
    const rounds = Array.from({ length: 12 }, (_, i) => model(`s${i}`, 'student', { nativeSteps: i + 1 }));
    expect(preset('students', [teacher, ...rounds]).lanes).toHaveLength(8);
    expect(preset('students', [teacher, ...rounds]).lanes.at(-1)?.model).toBe('s0');
    expect(preset('students', rounds).lanes).toHaveLength(8);
  });
});
