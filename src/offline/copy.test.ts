import { afterEach, expect, it, vi } from 'vitest';
import { keptCopy } from './copy.ts';

const SCOPE = 'https://school.example/lehre/unmask/';
const SHA256 = 'a'.repeat(64);

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

it('finds a file by its content, in the cache of its own folder alone', async () => {
  vi.stubEnv('PROD', true);
  const open = vi.fn((name: string) =>
    Promise.resolve({
      match: (key: string) => Promise.resolve(new Response(`${name} ${key}`)),
    }),
  );
  vi.stubGlobal('caches', { open });
  const at = async (scope: string): Promise<string | undefined> =>
    (await keptCopy(`${scope}weights/t/config.json`, scope, SHA256))?.text();
  expect(await at(SCOPE)).toBe(`unmask-files /lehre/unmask/ ${SCOPE}weights/t/config.json?sha256=${SHA256}`);
  expect(await at('https://school.example/')).toBe(
    `unmask-files / https://school.example/weights/t/config.json?sha256=${SHA256}`,
  );
  // What no manifest names and is not of this build is the host's to answer.
  expect(await keptCopy(`${SCOPE}weights/other.json`, SCOPE)).toBeUndefined();
  expect(await keptCopy(`${SCOPE}evaluate/last-words.jsonl`, SCOPE)).toBeDefined();

  open.mockRejectedValue(new DOMException('', 'SecurityError'));
  expect(await at(SCOPE)).toBeUndefined();
});

it('keeps to the host where the page is not built', async () => {
  const open = vi.fn();
  vi.stubGlobal('caches', { open });
  expect(await keptCopy(`${SCOPE}weights/t/config.json`, SCOPE, SHA256)).toBeUndefined();
  expect(open).not.toHaveBeenCalled();
});
