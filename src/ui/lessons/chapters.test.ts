import { describe, expect, it, vi } from 'vitest';
import { LESSONS, MAX_PARTS } from '../stores/lesson.ts';
import { CHAPTERS, partsOf, type Chapter } from './chapters.ts';
import { ADDRESSES } from './sources.ts';

// There is no worker here, and nothing is done.
vi.mock('../engine.ts', () => ({ engine: {} }));

const TAG = /<(\w+)>.*?<\/\1>/gs;
const tags = (text: string): string[] => [...text.matchAll(TAG)].map(([, name]) => name);
const words = (text: string): number => text.replaceAll(/<\/?\w+>/g, '').split(/\s+/).length;
const MOST_WORDS = 90;

/** What is wrong with a lesson. */
function faults({ words: { question, parts: written }, parts, right }: Chapter): string[] {
  const known = Object.values(written);
  return [
    ...parts.flatMap(({ words: { title, text }, does }) => {
      const all = text.join(' ');
      const named = tags(all);
      return [
        ...named.filter((tag) => !Object.hasOwn(does, tag)).map((tag) => `${title}: nothing for ${tag}`),
        ...Object.keys(does)
          .filter((tag) => !named.includes(tag))
          .map((tag) => `${title}: no words for ${tag}`),
        ...(new Set(named).size < named.length ? [`${title}: a tag twice`] : []),
        ...(/<\/?\w/.test(all.replaceAll(TAG, '')) ? [`${title}: a tag that is not closed`] : []),
        ...(words(all) > MOST_WORDS ? [`${title}: ${words(all)} words`] : []),
      ];
    }),
    ...known
      .filter((part) => !parts.some((one) => one.words === part))
      .map(({ title }) => `${title}: not shown`),
    ...(new Set(parts.map((part) => part.words)).size < parts.length ? ['a part twice'] : []),
    ...(question.choices.length < 3 || question.choices.length > 4 ? ['choices'] : []),
    ...(new Set(question.choices).size < question.choices.length ? ['a choice twice'] : []),
    ...(!Object.hasOwn(question.choices, right) ? ['no right choice'] : []),
  ];
}

describe('the lessons', () => {
  it.each(LESSONS)('%s is whole', (lesson) => {
    const chapter = CHAPTERS[lesson];
    expect(faults(chapter)).toEqual([]);
    expect(chapter.parts.length).toBeGreaterThanOrEqual(3);
    expect(partsOf(lesson)).toBeLessThanOrEqual(Math.min(MAX_PARTS, 6));
    expect(chapter.parts.flatMap(({ does }) => Object.keys(does)).length).toBeGreaterThan(2);
  });

  it('have places for the figures that belong to them', () => {
    const widgets = (lesson: keyof typeof CHAPTERS) =>
      CHAPTERS[lesson].parts.flatMap(({ widget = [] }) => widget);
    expect(widgets('masking')).toContain('masking');
    expect(widgets('attention')).toContain('attention');
    expect(widgets('all-at-once')).toEqual(['pair']);
    expect(widgets('cost')).toEqual(['lens']);
  });

  it('name their sources, all of which some lesson needs', () => {
    const named = new Set(LESSONS.flatMap((lesson) => CHAPTERS[lesson].sources));
    expect([...named].toSorted()).toEqual(Object.keys(ADDRESSES).toSorted());
  });

  it('would be caught with a fault', () => {
    const { masking } = CHAPTERS;
    const [first, ...others] = masking.parts;
    const text = [`<none>click</none> ${'word '.repeat(MOST_WORDS)}<open>`];
    const broken = { ...first, words: { ...first.words, text } };
    expect(faults({ ...masking, right: 9, parts: [broken, ...others] })).toHaveLength(8);
  });
});
