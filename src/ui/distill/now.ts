import { useEffect, useState } from 'react';

/**
 * The time, about as often as is asked.
 * @param every ms
 * @param clock ms, by default since 1970
 */
export function useNow(every = 1000, clock: () => number = Date.now): number {
  const [now, setNow] = useState(clock);
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(clock());
    }, every);
    return () => {
      clearInterval(timer);
    };
  }, [every, clock]);
  return now;
}
