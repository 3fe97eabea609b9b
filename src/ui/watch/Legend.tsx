import { setColourBy } from '../actions/view.ts';
import { Select } from '../components/Select.tsx';
import { useWatch, type ColourBy } from '../stores/watch.ts';
import type { ColourScale } from './colour.ts';

const LOOKS = {
  masked: 'masked',
  new: 'new in this step',
  earlier: 'earlier, with its step',
  given: 'given at the start',
  pinned: 'pinned by you',
} as const;

const COLOURS: readonly { value: ColourBy; label: string }[] = [
  { value: 'none', label: 'nothing' },
  { value: 'step', label: 'step' },
  { value: 'probability', label: 'probability' },
  { value: 'entropy', label: 'entropy' },
  { value: 'order', label: 'order' },
];

/** What looks of slots mean, each by a slot that has it. */
export function Looks({ looks }: { looks: Readonly<Record<string, string>> }) {
  return (
    <ul className="legend" role="list" aria-label="Legend">
      {Object.entries(looks).map(([look, meaning]) => (
        <li key={look}>
          <span className="slot swatch" data-look={look} aria-hidden="true" />
          {meaning}
        </li>
      ))}
    </ul>
  );
}

/** What the looks of slots mean, and what their colour stands for. */
export function Legend({ scale }: { scale: ColourScale | undefined }) {
  const colourBy = useWatch((state) => state.colourBy);
  return (
    <div className="legends">
      <Looks looks={LOOKS} />
      <div className="colour-by">
        <Select label="Colour by" options={COLOURS} value={colourBy} onChange={setColourBy} />
        {/* The tags of the slots then say the value, so that nothing rests on colour alone. */}
        {scale && (
          <p className="scale-legend">
            {scale.label}: <span>{scale.low}</span>
            <span className="ramp" aria-hidden="true" />
            <span>{scale.high}</span>
          </p>
        )}
      </div>
    </div>
  );
}
