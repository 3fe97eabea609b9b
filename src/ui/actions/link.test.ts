import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import type { Settings, WatchState } from '../stores/watch.ts';

// The actions reach for the page's engine as they load.
vi.mock('../engine.ts', () => ({ engine: {} }));
vi.stubGlobal('location', { hash: '', pathname: '/', search: '' });

const { decodeLink, encodeLink } = await import('../link/link.ts');
const { followAddress, granted, linkState, readAddress, textHash } = await import('./link.ts');
const { setSettings } = await import('./settings.ts');
const { firstSettings, initialWatchState, recordedRun, useWatch, withCost, withPlan, withRun, withStep } =
  await import('../stores/watch.ts');
const { recorded } = await import('../watch/recorded.ts');

const cost = {
  ...{ forwardPasses: 8, dispatches: 1, submits: 1, milliseconds: 1 },
  ...{ backend: 'webgpu', weights: 'f16' as const },
};
const record = () => recordedRun(recorded.trace, recorded.vocabulary, firstSettings);
const set = (state: Partial<WatchState>): void => {
  useWatch.setState(state);
};
/** The run of a visitor, live and whole. */
const whole = (): void => {
  set({ ...withRun({ ...record(), origin: 'live' }), status: 'done' });
};
const open = (hash: string): void => {
  location.hash = hash;
  readAddress();
};
/** Grant all that can be granted now. */
const grant = (): void => {
  for (let change = granted(useWatch.getState()); change; change = granted(useWatch.getState())) set(change);
};

beforeEach(() => {
  useWatch.setState(initialWatchState, true);
});
afterEach(() => {
  location.hash = '';
});

describe('what the page writes to its address', () => {
  it('is a link that it can read again, whatever is changed after what', () => {
    const change = fc.oneof(
      fc.record({ slots: fc.integer({ min: 1, max: 1024 }) }),
      fc.record({ count: fc.integer({ min: 1, max: 16 }) }),
      fc.record({ steps: fc.integer({ min: 1, max: 1024 }) }),
      fc.record({ pins: fc.dictionary(fc.nat(40).map(String), fc.nat(4095)) }),
    ) as fc.Arbitrary<Partial<Settings>>;
    fc.assert(
      fc.property(fc.array(fc.tuple(change, fc.nat(40)), { maxLength: 5 }), (changes) => {
        useWatch.setState(initialWatchState, true);
        whole();
        for (const [settings, slot] of changes) {
          set({ slot: Math.min(slot, useWatch.getState().settings.slots - 1) });
          setSettings(settings);
        }
        expect(decodeLink(encodeLink(linkState()))).toEqual({ state: linkState() });
      }),
    );
  });

  it('has no slot of a run of a file, nor one beyond the slots', () => {
    whole();
    set({ slot: 31 });
    expect(encodeLink(linkState())).toContain('slot=31');
    set({ settings: { ...firstSettings, slots: 8 } });
    expect(encodeLink(linkState())).not.toContain('slot=31');
    set({ ...withRun({ ...record(), origin: 'imported' }), settings: firstSettings, slot: 31 });
    expect(encodeLink(linkState())).not.toContain('slot=');
    set({ slot: 50 });
    expect(decodeLink(encodeLink(linkState()))).toEqual({ state: linkState() });
  });

  it('comes within 400 ms, however fast the page changes', () => {
    vi.useFakeTimers();
    const replaced: string[] = [];
    vi.stubGlobal('history', { replaceState: (_: null, __: string, url: string) => replaced.push(url) });
    vi.stubGlobal('window', { addEventListener: () => undefined });
    followAddress();
    for (let seed = 0; seed < 10; seed++) {
      set({ settings: { ...firstSettings, seed } });
      vi.advanceTimersByTime(100);
    }
    expect(replaced).toEqual(['/#v=1&seed=3', '/#v=1&seed=7']);
    vi.advanceTimersByTime(400);
    replaced.length = 0;
    // A link that is not followed stays until something is changed.
    open('#v=3&future=1');
    vi.advanceTimersByTime(1000);
    expect(replaced).toEqual([]);
    expect(useWatch.getState().notice).toMatch(/newer Unmask.*reload the page.*usual start instead\.$/);
    set({ settings: { ...firstSettings, seed: 5 } });
    vi.advanceTimersByTime(1000);
    expect(replaced).toEqual(['/#v=1&seed=5']);
    vi.useRealTimers();
  });

  it('holds the place only where the player rests on the way', () => {
    whole();
    set({ player: { position: 3, available: 8, total: 8, playing: false } });
    expect(linkState().watch.position).toBe(3);
    set({ player: { position: 3, available: 8, total: 8, playing: true } });
    expect(linkState().watch.position).toBeUndefined();
    set({ settings: { ...firstSettings, seed: 1 } });
    expect(linkState().watch).toMatchObject({ sample: 0 });
    expect(linkState().watch.text).toBeUndefined();
  });
});

describe('what a link asks for beyond its settings', () => {
  it('is kept in the address until it comes true', () => {
    open('#v=1&steps=16&at=3&tokens=0123abcd');
    expect(linkState().watch).toMatchObject({ position: 3, text: '0123abcd', settings: { steps: 16 } });
  });

  it('goes to the place as soon as it is written, without playing past it', () => {
    open('#v=1&at=2');
    const empty = { ...record(), origin: 'live' as const };
    const planned = { ...empty, traces: empty.traces.map((trace) => ({ ...trace, trace: [] })) };
    set(withPlan(useWatch.getState(), planned, false));
    grant();
    expect(useWatch.getState().player).toMatchObject({ position: 0, playing: false });
    for (const step of recorded.trace.trace.slice(0, 2)) {
      set(withStep(useWatch.getState(), { firstSample: 0, steps: [step] }));
      grant();
    }
    expect(useWatch.getState().player).toMatchObject({ position: 2, playing: false });
    expect(useWatch.getState().wish).toBeUndefined();
  });

  it('is the text too: another one is told, the same is not, a record tells nothing', () => {
    whole();
    const right = textHash(useWatch.getState())!;
    for (const [hash, told] of [
      [right, false],
      [right.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')), true],
    ] as const) {
      useWatch.setState(initialWatchState, true);
      open(`#v=1&tokens=${hash}`);
      set(withRun(record()));
      grant();
      expect(useWatch.getState().wish?.text).toBe(hash);
      whole();
      set(withCost(useWatch.getState(), cost));
      grant();
      expect(useWatch.getState().notice?.includes('differs') ?? false).toBe(told);
      expect(useWatch.getState().wish).toBeUndefined();
    }
  });

  it('is nothing where the link is bad', () => {
    set({ settings: { ...firstSettings, seed: 5 } });
    open('#v=1&steps=4000');
    expect(useWatch.getState().settings).toEqual(firstSettings);
    expect(useWatch.getState().notice).toMatch(
      /steps is a whole number from 1 to 1024.*usual start instead\.$/,
    );
  });
});
