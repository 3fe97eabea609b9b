const DOTS = [
  [6.5, 6.5],
  [13.5, 6.5],
  [10, 10],
  [6.5, 13.5],
  [13.5, 13.5],
];

/** A die that shows five. */
export function Dice() {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <rect x="2" y="2" width="16" height="16" rx="4" fill="none" stroke="currentColor" strokeWidth="1.6" />
      {DOTS.map(([x, y]) => (
        <circle key={`${x} ${y}`} cx={x} cy={y} r="1.5" fill="currentColor" />
      ))}
    </svg>
  );
}
