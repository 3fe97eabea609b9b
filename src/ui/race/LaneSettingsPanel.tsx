import { useEffect, useId, useRef } from 'react';
import type { DiffusionSampler } from '../../trace/trace.ts';
import { changeLane, editLane, removeLane } from '../actions/race-lanes.ts';
import { Select } from '../components/Select.tsx';
import { controls } from '../messages/controls.ts';
import { raceLanes } from '../messages/race.ts';
import { useEngine } from '../stores/engine.ts';
import { MIN_LANES, useRace } from '../stores/race.ts';
import { number } from '../../words/numbers.ts';
import { titleOf } from './name.ts';
import { hasSteps, type NamedLane } from './named-lane.ts';

const STEPS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

const SAMPLERS = (['ancestral', 'first-hitting', 'confidence'] satisfies DiffusionSampler[]).map((value) => ({
  value,
  label: controls.samplers[value].label,
}));

function Fields({ lane: { index, kind, settings } }: { lane: NamedLane }) {
  const models = useEngine((state) => state.models);
  const count = useRace((state) => state.settings.lanes.length);
  const listed = models.length > 0 ? models.map(({ id }) => id) : [settings.model];
  const steps = [...new Set([...STEPS, settings.steps])].toSorted((a, b) => a - b);
  const causal = kind === 'causal';
  return (
    <>
      <Select
        label={controls.model}
        options={listed.map((id) => ({ value: id, label: titleOf(id, models) }))}
        value={settings.model}
        onChange={(model) => {
          changeLane(index, { model });
        }}
      />
      {hasSteps(kind, settings) && (
        <Select
          label={controls.steps.label}
          options={steps.map((value) => ({ value, label: number(value) }))}
          value={settings.steps}
          onChange={(value) => {
            changeLane(index, { steps: value });
          }}
        />
      )}
      {!causal && (
        <Select
          label={controls.sampler}
          options={SAMPLERS}
          value={settings.sampler}
          onChange={(sampler) => {
            changeLane(index, { sampler });
          }}
        />
      )}
      {causal && <p className="hint">{raceLanes.causal}</p>}
      <button
        type="button"
        className="small"
        disabled={count <= MIN_LANES}
        onClick={(event) => {
          // It is gone in a moment.
          event.currentTarget.closest('main')?.focus();
          removeLane(index);
        }}
      >
        {count <= MIN_LANES ? raceLanes.fewest(MIN_LANES) : raceLanes.remove}
      </button>
    </>
  );
}

/** A button that opens what a lane is asked for. */
export function LaneSettingsPanel({ lane, name }: { lane: NamedLane; name: string }) {
  const { index } = lane;
  const open = useRace((state) => state.editing === index);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    // A lane that has just been added is below all others.
    root.current?.querySelector('.lane-panel')?.scrollIntoView({ block: 'nearest' });
    root.current?.querySelector('select')?.focus();
    const onPointer = ({ target }: PointerEvent): void => {
      if (!(target instanceof Node) || root.current?.contains(target)) return;
      editLane(undefined);
    };
    document.addEventListener('pointerdown', onPointer);
    return () => {
      document.removeEventListener('pointerdown', onPointer);
    };
  }, [open]);
  return (
    <div
      className="lane-settings"
      ref={root}
      // Escape closes it only from within, so it does not stay behind. Nothing has the focus when the window loses it.
      onBlur={({ currentTarget, relatedTarget }) => {
        if (open && relatedTarget && !currentTarget.contains(relatedTarget)) editLane(undefined);
      }}
      onKeyDown={(event) => {
        if (!open || event.key !== 'Escape') return;
        editLane(undefined);
        button.current?.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        className="small"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={raceLanes.changeOf(name)}
        onClick={() => {
          editLane(open ? undefined : index);
        }}
      >
        {raceLanes.change}
      </button>
      {open && (
        <div className="lane-panel" id={id} role="group" aria-label={raceLanes.askedOf(name)}>
          <Fields lane={lane} />
        </div>
      )}
    </div>
  );
}
