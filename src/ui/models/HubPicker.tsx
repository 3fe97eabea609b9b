import './picker.css';
import { useId, useState } from 'react';
import { RELEASED, type ReleasedGroup, type ReleasedModel } from '../../worker/checkpoints/released.ts';
import { chooseReleased, chooseTyped, setFamily, setSource, setTab } from '../actions/hub-choose.ts';
import { Choice } from '../components/Choice.tsx';
import { TextField } from '../distill/Field.tsx';
import { storedAt, useModels, type PickerTab } from '../stores/models.ts';
import { number } from '../watch/numbers.ts';
import { endpointOf, keyOf, releasedAt, sourceOf, HUB } from './source.ts';

const TABS: Record<PickerTab, { label: string; says: string }> = {
  rounds: {
    label: 'Rounds',
    says: 'Each round of SDTT halves the steps: the student of a round is the teacher of the next. These are the small model, and differ by the loss that student and teacher were compared by.',
  },
  sizes: {
    label: 'Sizes',
    says: 'The same seven rounds at three sizes. A step of a larger model takes more time and more memory.',
  },
  teachers: {
    label: 'Teachers',
    says: 'Masked-diffusion models before any distillation. They need many steps, and can be distilled here.',
  },
  mdlm: { label: 'MDLM', says: 'The masked-diffusion models of the MDLM paper, by its authors.' },
  other: {
    label: 'Any other',
    says: 'A repository of the hub with config.json and model.safetensors in the layout of SDTT or MDLM.',
  },
};

const tabs = (Object.keys(TABS) as PickerTab[]).map((value) => ({ value, label: TABS[value].label }));

const LOSSES: Readonly<Record<NonNullable<ReleasedModel['loss']>, string>> = {
  kld: 'KL divergence',
  mse: 'squared error',
  tvd: 'total variation',
};

const groupOf = (id: string): ReleasedGroup => RELEASED.find((group) => group.id === id) ?? RELEASED[0];

/** Groups whose ids begin alike, as choices. */
const families = (prefix: string, label: (model: ReleasedModel) => string) =>
  RELEASED.filter(({ id }) => id.startsWith(prefix)).map(({ id, models }) => ({
    value: id,
    label: label(models[0]),
  }));

const FAMILIES = {
  rounds: { legend: 'Loss', options: families('baselines-', ({ loss = 'kld' }) => LOSSES[loss]) },
  sizes: { legend: 'Parameters', options: families('scaling-', ({ shape }) => shape) },
} as const;

/** Which released checkpoint is chosen, and which are here. */
function useChoice(model: ReleasedModel): { chosen: boolean; here: boolean } {
  const endpoint = useModels((state) => state.form.endpoint);
  const source = releasedAt(model, endpoint, location.origin);
  // On another host it is another choice.
  const chosen = useModels((state) => state.chosen !== undefined && keyOf(state.chosen) === keyOf(source));
  const here = useModels((state) => storedAt(state.store, source) !== undefined);
  return { chosen, here };
}

/** What a checkpoint is chosen by. */
function Radio({ model, name, chosen }: { model: ReleasedModel; name: string; chosen: boolean }) {
  return (
    <input
      type="radio"
      name={name}
      checked={chosen}
      onChange={() => {
        chooseReleased(model);
      }}
    />
  );
}

/** A stop of the rail: a round, with the steps that its student stands for. */
function Stop({ model, name }: { model: ReleasedModel; name: string }) {
  const { chosen, here } = useChoice(model);
  const { round = 0, nativeSteps = 0 } = model;
  return (
    <label className="stop" data-here={here}>
      <Radio {...{ model, name, chosen }} />
      <span>
        <small>round {round}</small>
        <b>{number(nativeSteps)}</b>
        <small>
          steps<span className="visually-hidden">{here ? ', here' : ''}</span>
        </small>
      </span>
    </label>
  );
}

/** The rounds from the teacher down. */
function Rail({ group }: { group: ReleasedGroup }) {
  const name = useId();
  return (
    <fieldset className="rail">
      <legend>Round, and the steps that its student stands for</legend>
      <div className="stops">
        <span className="stop stop-teacher">
          <small>teacher</small>
          <b>{number(1024)}</b>
          <small>steps</small>
        </span>
        {group.models.map((model) => (
          <Stop key={model.revision} {...{ model, name }} />
        ))}
      </div>
    </fieldset>
  );
}

/** A checkpoint as a line that can be chosen. */
function Line({ model, name }: { model: ReleasedModel; name: string }) {
  const { chosen, here } = useChoice(model);
  return (
    <label className="released-line">
      <Radio {...{ model, name, chosen }} />
      <span>
        <b>{model.title}</b> <small>{here ? `${model.shape}, here` : model.shape}</small>
        <small className="released-says">{model.description}</small>
      </span>
    </label>
  );
}

function Lines({ group }: { group: ReleasedGroup }) {
  const name = useId();
  return (
    <fieldset className="released-lines">
      <legend className="visually-hidden">{group.title}</legend>
      {group.models.map((model) => (
        <Line key={keyOf(model)} {...{ model, name }} />
      ))}
    </fieldset>
  );
}

/** A family of rounds: which one, and its rail. */
function Rounds({ tab }: { tab: 'rounds' | 'sizes' }) {
  const id = useModels((state) => state.family[tab]);
  const store = useModels((state) => state.store);
  const group = groupOf(id);
  const endpoint = useModels((state) => state.form.endpoint);
  const some = group.models.some((model) => storedAt(store, releasedAt(model, endpoint, location.origin)));
  return (
    <>
      <Choice
        {...FAMILIES[tab]}
        value={id}
        onChange={(value) => {
          setFamily(tab, value);
        }}
      />
      <Rail group={group} />
      <p className="hint">
        {group.description}
        {some ? ' Those with a bar are here.' : ''}
      </p>
    </>
  );
}

/** A repository by its name. */
function Other() {
  const form = useModels((state) => state.form);
  const asked = sourceOf(form, location.origin);
  // Nothing is wrong with what was not begun.
  const errors = form.repo.trim() === '' || !('errors' in asked) ? {} : asked.errors;
  return (
    <form
      className="repo-form"
      onSubmit={(event) => {
        event.preventDefault();
        chooseTyped();
      }}
    >
      <TextField
        label="Repository"
        value={form.repo}
        error={errors.repo}
        hint="owner/name, or the address of its page."
        onChange={(repo) => {
          setSource({ repo });
        }}
      />
      <TextField
        label="Revision"
        value={form.revision}
        error={errors.revision}
        hint="Branch, tag or commit; main where it is left empty."
        onChange={(revision) => {
          setSource({ revision });
        }}
      />
      <button type="submit" aria-disabled={'errors' in asked}>
        See what it takes
      </button>
    </form>
  );
}

/** The host that all of them are fetched from. */
function Host() {
  const endpoint = useModels((state) => state.form.endpoint);
  const checked = endpointOf(endpoint, location.origin);
  const error = 'error' in checked ? checked.error : undefined;
  const [open, setOpen] = useState(false);
  const host = 'endpoint' in checked && checked.endpoint ? checked.endpoint : HUB;
  return (
    // What is wrong with it stays in sight.
    <details
      className="host"
      open={open || error !== undefined}
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>
        {error === undefined
          ? `From ${host.replace(/^https?:\/\//, '')}, straight to this browser`
          : 'From a mirror that cannot be asked'}
      </summary>
      <TextField
        label="A mirror of the hub"
        value={endpoint}
        error={error}
        hint="Address of a host that answers as huggingface.co does; for all that is chosen from now on."
        inputMode="url"
        onChange={(typed) => {
          setSource({ endpoint: typed });
        }}
      />
    </details>
  );
}

/** Which checkpoint is looked at: of the released list, or any other of the hub. */
export function HubPicker() {
  const tab = useModels((state) => state.tab);
  return (
    <section className="card picker" aria-labelledby="picker-title">
      <h2 id="picker-title">Released checkpoints</h2>
      <Choice legend="Kind of checkpoint" options={tabs} value={tab} onChange={setTab} />
      <p className="picker-says">{TABS[tab].says}</p>
      {tab === 'other' ? (
        <Other />
      ) : tab === 'rounds' || tab === 'sizes' ? (
        <Rounds tab={tab} />
      ) : (
        <Lines group={groupOf(tab)} />
      )}
      <Host />
    </section>
  );
}
