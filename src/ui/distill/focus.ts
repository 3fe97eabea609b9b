/** Where the focus goes when what had it is gone from a view: to its headline, which says what is there now. */
export function focusHeadline(): void {
  const at = document.activeElement;
  if (at !== null && at !== document.body) return;
  document.querySelector<HTMLElement>('main .sentence[tabindex]')?.focus();
}

/** Do what takes the pressed button away, then see to the focus, once the page shows what came of it. */
export async function withFocus(task: Promise<void>): Promise<void> {
  await task;
  requestAnimationFrame(focusHeadline);
}
