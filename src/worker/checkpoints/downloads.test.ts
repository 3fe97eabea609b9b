import { expect, it } from 'vitest';
import { Downloads } from './downloads.ts';

it('who stops while the one before comes to its end begins none', async () => {
  const downloads = new Downloads<string>();
  const [first, second] = [new AbortController(), new AbortController()];
  let end = (): void => undefined;
  const old = downloads.follow('a', { signal: first.signal }, () => {
    return new Promise((_, reject) => {
      end = () => {
        reject(new Error('it stopped'));
      };
    });
  });
  first.abort();
  await expect(old).rejects.toThrow(/was stopped/);
  let begun = false;
  const late = downloads.follow('a', { signal: second.signal }, () => {
    begun = true;
    return Promise.resolve('it came');
  });
  second.abort();
  end();
  await expect(late).rejects.toThrow(/was stopped/);
  expect(begun).toBe(false);
  // Who comes now is not kept from it.
  expect(await downloads.follow('a', {}, () => Promise.resolve('it came'))).toBe('it came');
});
