import { useId } from 'react';

/** A value on a scale. */
export function Slider({
  label,
  min,
  max,
  step,
  value,
  shown,
  valueText = shown,
  disabled = false,
  describedBy,
  onChange,
}: {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  /** The value beside the label. */
  shown: string;
  /** The value as it is read out, where it differs. */
  valueText?: string;
  disabled?: boolean;
  /** Id of the element that explains it. */
  describedBy?: string;
  onChange: (value: number) => void;
}) {
  const id = useId();
  return (
    <div className="slider">
      <label htmlFor={id}>{label}</label>
      <output htmlFor={id} aria-live="off">
        {shown}
      </output>
      <input
        id={id}
        type="range"
        {...{ min, max, step, value }}
        aria-valuetext={valueText}
        aria-describedby={describedBy}
        disabled={disabled}
        onChange={(event) => {
          onChange(event.target.valueAsNumber);
        }}
      />
    </div>
  );
}
