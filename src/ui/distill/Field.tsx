import { useId, type ReactNode } from 'react';

interface Typed {
  label: string;
  value: string;
  error: string | undefined;
  hint?: ReactNode;
  onChange: (value: string) => void;
}

/** A line that is typed, with what is wrong with it. */
export function TextField({
  label,
  value,
  error,
  hint,
  inputMode = 'text',
  onChange,
}: Typed & { inputMode?: 'text' | 'decimal' | 'url' }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode={inputMode}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
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

/** A number that is typed. */
export function NumberField(field: Typed) {
  return <TextField {...field} inputMode="decimal" />;
}
