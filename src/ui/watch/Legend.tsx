import { setColourBy } from '../actions/view.ts';
import { Select } from '../components/Select.tsx';
import { shared } from '../messages/shared.ts';
import { watch } from '../messages/watch.ts';
import { useWatch, type ColourBy } from '../stores/watch.ts';
import type { ColourScale } from './colour.ts';

const COLOURS = (['none', 'step', 'probability', 'entropy', 'order'] satisfies ColourBy[]).map((value) => ({
  value,
  label: watch.colour.by[value],
}));

/** What looks of slots mean, each by a slot that has it. */
export function Looks({ looks }: { looks: Readonly<Record<string, string>> }) {
  return (
    <ul className="legend" role="list" aria-label={shared.legend}>
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
      <Looks looks={watch.looks} />
      <div className="colour-by">
        <Select label={watch.colour.label} options={COLOURS} value={colourBy} onChange={setColourBy} />
        {/* The tags of the slots then say the value, so that nothing rests on colour alone. */}
        {scale && (
          <p className="scale-legend">
            {watch.colour.legend(scale.label)}
            <span>{scale.low}</span>
            <span className="ramp" aria-hidden="true" />
            <span>{scale.high}</span>
          </p>
        )}
      </div>
    </div>
  );
}
