import { useId, useState } from 'react';
import { shared } from '../messages/shared.ts';
import { Dice } from './Dice.tsx';

const LARGEST_SEED = 2 ** 32 - 1;

/** A seed, typed or rolled. */
export function SeedField({
  seed,
  onSeed,
  onRoll,
}: {
  seed: number;
  onSeed: (seed: number) => void;
  /** Another one, and a run with it. */
  onRoll: () => void;
}) {
  /** What is being typed, while it is no seed. */
  const [draft, setDraft] = useState<string>();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{shared.seed.label}</label>
      <div className="with-button">
        <input
          id={id}
          type="number"
          inputMode="numeric"
          min={0}
          max={LARGEST_SEED}
          step={1}
          value={draft ?? seed}
          onChange={(event) => {
            const value = event.target.valueAsNumber;
            const valid = Number.isInteger(value) && value >= 0 && value <= LARGEST_SEED;
            setDraft(valid ? undefined : event.target.value);
            if (valid) onSeed(value);
          }}
          onBlur={() => {
            setDraft(undefined);
          }}
        />
        <button type="button" onClick={onRoll} aria-label={shared.seed.roll} title={shared.seed.rollTitle}>
          <Dice />
        </button>
      </div>
    </div>
  );
}
