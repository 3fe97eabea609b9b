import type { Doing } from './doing.ts';

/** How long a frame stays, ms. */
const FRAMED = 1600;
/** A view that is opened for the first time is fetched before its parts are there, ms. */
const PATIENCE = 5000;
const LOOK_EVERY = 50;

let current: AbortController | undefined;

/** The first element of a selector, once it is there. */
async function found(selector: string, signal: AbortSignal): Promise<HTMLElement | undefined> {
  for (let waited = 0; waited <= PATIENCE && !signal.aborted; waited += LOOK_EVERY) {
    const element = document.querySelector<HTMLElement>(selector);
    if (element) return element;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
  return undefined;
}

/** Bring into sight what a word has done, and frame it for a moment. */
export async function show({ shows, frames = shows }: Doing): Promise<void> {
  current?.abort();
  const { signal } = (current = new AbortController());
  const element = await found(shows, signal);
  if (!element || signal.aborted) return;
  const folded = element.closest('details');
  if (folded) folded.open = true;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' });
  const framed = frames === shows ? element : await found(frames, signal);
  if (!framed) return;
  framed.setAttribute('data-shown-by-lesson', '');
  setTimeout(() => {
    framed.removeAttribute('data-shown-by-lesson');
  }, FRAMED);
}
