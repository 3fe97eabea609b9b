import { beforeEach, expect, it, vi } from 'vitest';
import { madeState } from '../distill/testing.ts';

vi.mock('../engine.ts', () => ({ engine: {} }));

const release = vi.fn(() => Promise.resolve());
const request = vi.fn(() => Promise.resolve({ release }));
const listeners: (() => void)[] = [];
const page = {
  hidden: false,
  title: 'Unmask',
  addEventListener: (_: string, listener: () => void) => {
    listeners.push(listener);
  },
};
vi.stubGlobal('document', page);
vi.stubGlobal('navigator', { wakeLock: { request } });

const { watchOver } = await import('./wake-lock.ts');
const { keepAwake, letSleep } = await import('./screen-lock.ts');
const { initialDistillState, useDistill } = await import('../stores/distill.ts');
const hide = (hidden: boolean): void => {
  page.hidden = hidden;
  for (const listener of listeners) listener();
};

beforeEach(() => {
  watchOver();
  useDistill.setState({ ...initialDistillState, state: madeState() }, true);
  vi.clearAllMocks();
});

it('keeps the screen on while it runs, also after the tab was hidden, and no longer', async () => {
  useDistill.setState({ status: 'running' });
  await vi.waitFor(() => {
    expect(request).toHaveBeenCalledTimes(1);
  });
  hide(true);
  hide(false);
  await vi.waitFor(() => {
    expect(request).toHaveBeenCalledTimes(2);
  });
  await Promise.resolve();
  useDistill.setState({ status: 'paused' });
  expect(release).toHaveBeenCalledTimes(1);
});

it('keeps it on as long as anything wants it', async () => {
  useDistill.setState({ status: 'running' });
  keepAwake('room');
  await vi.waitFor(() => {
    expect(request).toHaveBeenCalledTimes(1);
  });
  await Promise.resolve();
  useDistill.setState({ status: 'paused' });
  expect(release).not.toHaveBeenCalled();
  letSleep('room');
  expect(release).toHaveBeenCalledTimes(1);
});

it('says what was done while the tab was hidden, and nothing where nothing ran', () => {
  hide(true);
  hide(false);
  expect(useDistill.getState().note).toBeUndefined();
  useDistill.setState({ status: 'running' });
  hide(true);
  expect(page.title).toContain('Distilling on');
  useDistill.setState({ state: madeState({ updates: 12 }) });
  hide(false);
  expect(page.title).toBe('Unmask');
  expect(useDistill.getState().note).toMatch(/12 updates were done/);
});
