import { useEffect, useRef, useState } from 'react';

/** The newest of a text that changes often, about once a second; at rest at once. */
export function useCalm(text: string, atRest: boolean): string {
  const [calm, setCalm] = useState(text);
  const last = useRef(0);
  useEffect(() => {
    const wait = atRest ? 0 : Math.max(0, last.current + 1000 - performance.now());
    const timer = setTimeout(() => {
      last.current = performance.now();
      setCalm(text);
    }, wait);
    return () => {
      clearTimeout(timer);
    };
  }, [text, atRest]);
  return calm;
}
