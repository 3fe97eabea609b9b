/** The look of pictures that are saved, by the names and values of src/ui/styles/tokens.css. */

/** Light, whatever the page is. */
export const PAPER = {
  paper: '#fbfaf6',
  card: '#ffffff',
  sunken: '#f3f1ea',
  ink: '#1c1b18',
  'ink-soft': '#625d55',
  line: '#e3dfd5',
  'line-strong': '#8f8a7f',
  'hatch-ink': '#cfcabd',
  bar: '#b4b0a8',
  'bar-ahead': '#e4e1d9',
  new: '#b53a08',
  'new-paper': '#fdf0e7',
  pin: '#1d4ed8',
  'pin-paper': '#eef2fe',
  'heat-ink': '#58b09c',
} as const;

/** The same in the dark. */
export const CHARCOAL: Record<keyof typeof PAPER, string> = {
  paper: '#131417',
  card: '#1b1d21',
  sunken: '#23252a',
  ink: '#edeae2',
  'ink-soft': '#a5a198',
  line: '#2f3238',
  'line-strong': '#73767d',
  'hatch-ink': '#43474e',
  bar: '#6b6862',
  'bar-ahead': '#2f3238',
  new: '#ff9a47',
  'new-paper': '#33210f',
  pin: '#8ab0ff',
  'pin-paper': '#172340',
  'heat-ink': '#1d6558',
};

/** Fonts of the page, and what stands for them where a picture is shown without it. */
export const FAMILIES = {
  serif: "'Source Serif 4 Variable', Georgia, serif",
  sans: "'Inter Variable', system-ui, sans-serif",
} as const;
