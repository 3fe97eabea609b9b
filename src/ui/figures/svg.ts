/** Pieces of SVG as text. */
import { escaped } from '../evaluate/report/markup.ts';

/** A coordinate, to a hundredth of a pixel. */
export const fixed = (value: number): string => String(Math.round(value * 100) / 100);

export type Attributes = Record<string, string | number | undefined>;

/** An element; attributes are escaped, what is in it is SVG already. */
export const tag = (name: string, attributes: Attributes, content = ''): string => {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? fixed(value) : escaped(String(value))}"`)
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
};
