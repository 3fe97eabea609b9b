import { useId, type ReactNode } from 'react';

/** A number that is typed, with what is wrong with it. */
export function NumberField({
  label,
  value,
  error,
  hint,
  onChange,
}: {
  label: string;
  value: string;
  error: string | undefined;
  hint?: ReactNode;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        value={value}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-says`}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
      <p id={`${id}-says`} className={error === undefined ? 'hint' : 'hint field-error'}>
        {error ?? hint}
      </p>
    </div>
  );
}
