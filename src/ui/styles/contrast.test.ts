import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const read = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8');

/** Relative luminance of "#rrggbb" (WCAG 2.2). */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of two colours, from 1 to 21. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const colours = (css: string): Record<string, string> =>
  Object.fromEntries(
    [...css.matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map(([, name, value]) => [name, value]),
  );

it('strong contrast holds 7:1 for texts and 3:1 for borders, light and dark', async () => {
  const [usual, strong] = (await Promise.all(['./tokens.css', './contrast.css'].map(read))).map((css) =>
    css.split('@media (prefers-color-scheme: dark)'),
  );
  for (const [mode, tokens] of [
    ['light', { ...colours(usual[0]), ...colours(strong[0]) }],
    ['dark', { ...colours(usual[0]), ...colours(usual[1]), ...colours(strong[0]), ...colours(strong[1]) }],
  ] as const) {
    const hold = (text: string, papers: readonly string[], least: number): void => {
      for (const paper of papers) {
        const ratio = contrast(tokens[text], tokens[paper]);
        expect(ratio, `${mode}: ${text} on ${paper}`).toBeGreaterThanOrEqual(least);
      }
    };
    for (const text of ['ink', 'ink-soft']) hold(text, ['paper', 'card', 'sunken'], 7);
    hold('ink', ['heat-ink'], 7);
    hold('new', ['card', 'new-paper'], 7);
    hold('pin', ['card', 'pin-paper'], 7);
    hold('good', ['paper'], 7);
    hold('warning', ['paper', 'warning-paper'], 7);
    hold('error', ['paper', 'card', 'error-paper'], 7);
    for (const border of ['line', 'line-strong']) hold(border, ['paper', 'card'], 3);
  }
});
