/** Pieces of SVG as text. */
import { escaped } from '../evaluate/report/markup.ts';

/** A coordinate, to a hundredth of a pixel. */
export const fixed = (value: number): string => String(Math.round(value * 100) / 100);

/** Text for an element or an attribute, escaped. XML has no half surrogate pairs, and no U+FFFE and U+FFFF. */
export const written = (text: string): string => escaped(text.replaceAll(/[\p{Cs}\ufffe\uffff]/gu, '\ufffd'));

export type Attributes = Record<string, string | number | undefined>;

/** An element; attributes are escaped, what is in it is SVG already. */
export const tag = (name: string, attributes: Attributes, content = ''): string => {
  const said = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? fixed(value) : written(String(value))}"`)
    .join('');
  return content === '' ? `<${name}${said}/>` : `<${name}${said}>${content}</${name}>`;
};
