/**
 * Where the focus goes when what had it is gone from a view: to its headline, which says what is there now.
 * @param to something nearer that says it too
 */
export function focusHeadline(to = 'main .sentence[tabindex]'): void {
  const at = document.activeElement;
  if (at !== null && at !== document.body) return;
  document.querySelector<HTMLElement>(to)?.focus();
}

/** Do what takes the pressed button away, then see to the focus, once the page shows what came of it. */
export async function withFocus(task: Promise<void>, to?: string): Promise<void> {
  await task;
  requestAnimationFrame(() => {
    focusHeadline(to);
  });
}
