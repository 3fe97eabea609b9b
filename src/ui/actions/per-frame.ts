/** Collects what comes between two frames of the screen and hands it on at once. */
export function perFrame<T>(take: (items: T[]) => void): { add: (item: T) => void; flush: () => void } {
  let items: T[] = [];
  let asked = false;
  const flush = (): void => {
    const came = items;
    items = [];
    if (came.length > 0) take(came);
  };
  return {
    add: (item) => {
      items.push(item);
      if (asked) return;
      asked = true;
      const next = (): void => {
        asked = false;
        flush();
      };
      // A page in the background has no frames.
      if (document.hidden) setTimeout(next, 100);
      else requestAnimationFrame(next);
    },
    flush,
  };
}
