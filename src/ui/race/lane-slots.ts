import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { standing, type Standing } from '../../trace/race.ts';
import { slotsAt, type Slot } from '../../trace/slots.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import { beginnings, useEngine } from '../stores/engine.ts';
import { clockOf, useRace } from '../stores/race.ts';
import type { NamedLane } from './named-lane.ts';

const masked: Slot = { state: 'masked' };

/** What stands in the slots of a lane at this moment of the race, and where the lane is. */
export function useLaneSlots({ index, result, settings }: NamedLane): {
  slots: readonly Slot[];
  vocabulary: Vocabulary | undefined;
  /** Undefined before it has been run. */
  at: Standing | undefined;
} {
  const vocabulary = useEngine(({ vocabularies }) => vocabularies[settings.model] as Vocabulary | undefined);
  const wanted = useRace((state) => state.settings.slots);
  const at = useRace(useShallow((state) => standing(clockOf(state), index, state.position)));
  const trace = result?.trace;
  const given = beginnings(vocabulary);
  const shown = at?.shown ?? 0;
  const fresh = at?.fresh ?? false;
  const slots = useMemo(() => {
    if (!trace) return Array.from({ length: wanted }, () => masked);
    const all = slotsAt(trace, shown).slice(given);
    if (fresh) return all;
    return all.map((slot): Slot => (slot.state === 'new' ? { ...slot, state: 'earlier' } : slot));
  }, [trace, wanted, given, shown, fresh]);
  return { slots, vocabulary, at };
}
