import { describe, expect, it } from 'vitest';
import { RELEASED } from '../../worker/checkpoints/released.ts';
import type { Download } from '../stores/models.ts';
import { madeModel, madePreflight, madeStore, madeStored, SDTT } from './testing.ts';
import {
  amountText,
  checkpointText,
  deleteAllText,
  doneText,
  downloadsSpoken,
  fetchLabel,
  groupText,
  headline,
  kindText,
  leftText,
  limitValue,
  originText,
  paceText,
  parametersText,
  roomText,
  shapeText,
} from './words.ts';

const download = (rest: Partial<Download> = {}): Download => ({
  ...{ key: 'k', title: 'T', source: SDTT, keep: 'f16', state: 'running', loaded: 40e6, total: 200e6 },
  ...{ samples: [], ...rest },
});

describe('numbers', () => {
  it('parameters are counted as people speak of them', () => {
    expect([28_512, 7_160_000, 169_627_250, 1.45e9].map(parametersText)).toEqual([
      ...['28,512', '7.2 million', '170 million', '1.45 billion'],
    ]);
  });

  it('time that is left is as coarse as it is known', () => {
    expect([0, 4.9, 12, 54, 61, 3599, 3600, 4000, 9000].map(leftText)).toEqual([
      ...['a few seconds left', 'a few seconds left', 'about 15 s left', 'about 55 s left'],
      ...['about 2 min left', 'about 1 h left', 'about 1 h left', 'about 1 h 15 min left'],
      'about 2 h 30 min left',
    ]);
  });

  it('limits that are sizes have a unit, counts have none', () => {
    expect(limitValue({ limit: 'maxBufferSize' }, 268_435_456)).toBe('268.4 MB');
    expect(limitValue({ limit: 'maxComputeInvocationsPerWorkgroup' }, 256)).toBe('256');
  });
});

describe('downloads', () => {
  it('the pace is not told before it is known, and not of what stands still', () => {
    expect(paceText(download(), 2000)).toBe('');
    const samples = [
      { at: 0, loaded: 20e6 },
      { at: 2000, loaded: 40e6 },
    ];
    expect(paceText(download({ samples }), 2100)).toBe('10.0 MB/s, about 20 s left');
    expect(paceText(download({ samples, state: 'stopped' }), 2100)).toBe('');
    const still = samples.map(({ at }) => ({ at, loaded: 40e6 }));
    expect(paceText(download({ samples: still }), 2100)).toBe('waiting for the host');
    // Nothing is reported of bytes that stop to come.
    expect(paceText(download({ samples }), 5000)).toBe('waiting for the host');
    expect(paceText(download({ samples, loaded: 200e6 }), 2100)).toMatch(/checked/);
  });

  it('an amount is told once it is known', () => {
    expect(amountText({ loaded: 0, total: 0 })).toBe('asking the host');
    expect(amountText(download())).toBe('40.0 of 200.0 MB');
  });

  it('is read out by quarters', () => {
    const at = (share: number): string => downloadsSpoken([download({ loaded: 200e6 * share })]);
    expect(at(0.1)).toBe('T is being fetched.');
    expect([0.26, 0.49].map(at)).toEqual(['T: 25 %.', 'T: 25 %.']);
    expect(at(1)).toBe('T: 75 %.');
    expect(downloadsSpoken([download({ state: 'done' })])).toBe('T is here.');
  });
});

describe('sentences', () => {
  it('say what is here and what it takes', () => {
    const bundled = ['a', 'b', 'c'].map(() => ({ origin: 'bundled' as const }));
    expect(headline([], undefined)).toBe('The models are being listed.');
    expect(headline(bundled, undefined)).toBe('Three models are here; none of them has to be kept.');
    expect(headline([...bundled, madeModel('x')], { models: [madeStored('x')] })).toBe(
      'Four models are here; one of them is kept in this browser, 339.0 MB.',
    );
  });

  it('say what is in memory alone, and what can not be fetched again', () => {
    const inMemory = [{ model: 'm', title: 'M', bytes: 61e6 }];
    expect(
      headline([madeModel('x'), madeModel('m')], madeStore({ models: [madeStored('x')], inMemory })),
    ).toBe(
      'Two models are here; one of them is kept in this browser, 339.0 MB, and one is in memory until the page is left.',
    );
    expect(doneText(inMemory[0])).toMatch(/no room/);
    expect(deleteAllText(madeStore({ models: [madeStored('x')], inMemory }))).toBe(
      'Delete 400.0 MB of models?',
    );
    const own = madeStored('d', { origin: 'distilled' });
    expect(deleteAllText(madeStore({ models: [own, own] }))).toBe(
      'Delete 678.0 MB of models? Two of them were trained here, and cannot be fetched again.',
    );
  });

  it('say what a model is and where it came from', () => {
    expect(kindText(madeModel('x'))).toBe('student, 8 steps');
    expect(kindText({ kind: 'student', nativeSteps: 0.9 })).toBe('student, 1 step');
    expect(originText(madeModel('x'), madeStored('x'))).toBe(
      'from jdeschena/sdtt at baselines_kld_step_70000',
    );
    const source = { repo: 'a/b', revision: 'main', endpoint: 'https://m.example', commit: 'c' };
    expect(originText(madeModel('x'), madeStored('x', { source }))).toBe('from a/b, by m.example');
  });

  it('say of every family of students what it is, and of every released model that is none', () => {
    const explained = RELEASED.flatMap((group) =>
      group.models[0].kind === 'student' ? [groupText(group)] : group.models.map(checkpointText),
    );
    expect(explained).toHaveLength(12);
    for (const sentence of explained) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('say what the button does', () => {
    expect(fetchLabel(madePreflight().by.f16)).toBe('Fetch 678.0 MB');
    expect(fetchLabel({ ...madePreflight().by.f16, downloadBytes: 1e8, haveBytes: 578e6 })).toBe(
      'Go on: 100.0 MB to fetch',
    );
    expect(shapeText(madePreflight())).toBe(
      '170 million parameters: 12 blocks of 768, 12 heads, 50,258 tokens, texts of up to 1,024.',
    );
  });

  it('say nothing of room that the browser does not tell', () => {
    expect(roomText({ usage: 1e6 })).toBeUndefined();
    expect(roomText({ usage: 1e6, quota: 1e9 })).toBe(
      '1.0 MB of 1.00 GB that this browser gives the page; 999.0 MB free.',
    );
  });
});
