import { useId, type ReactNode } from 'react';

/** One of several: in little room, or as a field in a line of its own. */
export function Select<T extends string | number>({
  label,
  options,
  value,
  field = false,
  hint,
  onChange,
}: {
  label: string;
  options: readonly { value: T; label: string }[];
  value: T;
  /** Whether it stands among fields, with its label above it. */
  field?: boolean;
  /** Of a field: what the choice means. */
  hint?: ReactNode;
  onChange: (value: T) => void;
}) {
  const id = useId();
  const says = hint === undefined ? undefined : `${id}-says`;
  const select = (
    <>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={String(value)}
        aria-describedby={says}
        onChange={(event) => {
          const chosen = options.at(event.target.selectedIndex);
          if (chosen) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={String(option.value)}>
            {option.label}
          </option>
        ))}
      </select>
    </>
  );
  if (!field) return <span className="select">{select}</span>;
  return (
    <div className="field">
      {select}
      {hint !== undefined && (
        <p id={says} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
