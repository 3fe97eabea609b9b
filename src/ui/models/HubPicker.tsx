import './picker.css';
import { useId, useState } from 'react';
import { RELEASED, type ReleasedGroup, type ReleasedModel } from '../../worker/checkpoints/released.ts';
import { chooseReleased, chooseTyped, setFamily, setSource, setTab } from '../actions/hub-choose.ts';
import { Choice } from '../components/Choice.tsx';
import { TextField } from '../distill/Field.tsx';
import { picker as words } from '../messages/hub.ts';
import { Rich, type Parts } from '../messages/Rich.tsx';
import { storedAt, useModels, type PickerTab } from '../stores/models.ts';
import { endpointOf, keyOf, releasedAt, sourceOf, HUB } from './source.ts';
import { checkpointText, groupText } from './words.ts';

const tabs = (['rounds', 'sizes', 'teachers', 'mdlm', 'other'] as const satisfies PickerTab[]).map(
  (value: PickerTab) => ({ value, label: words.kinds[value].label }),
);

const groupOf = (id: string): ReleasedGroup => RELEASED.find((group) => group.id === id) ?? RELEASED[0];

/** Groups whose ids begin alike, as choices. */
const families = (prefix: string, label: (model: ReleasedModel) => string) =>
  RELEASED.filter(({ id }) => id.startsWith(prefix)).map(({ id, models }) => ({
    value: id,
    label: label(models[0]),
  }));

const FAMILIES = {
  rounds: { legend: words.loss, options: families('baselines-', ({ loss = 'kld' }) => words.losses[loss]) },
  sizes: { legend: words.parameters, options: families('scaling-', ({ shape }) => shape) },
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

const { rail } = words;

const LINES: Parts = {
  line: (said) => <small>{said}</small>,
  count: (steps) => <b>{steps}</b>,
  quiet: (said) => <span className="visually-hidden">{said}</span>,
};

/** A stop of the rail: a round, with the steps that its student stands for. */
function Stop({ model, name }: { model: ReleasedModel; name: string }) {
  const { chosen, here } = useChoice(model);
  const { round = 0, nativeSteps = 0 } = model;
  return (
    <label className="stop" data-here={here}>
      <Radio {...{ model, name, chosen }} />
      <span>
        <Rich text={here ? rail.stopHere(round, nativeSteps) : rail.stop(round, nativeSteps)} parts={LINES} />
      </span>
    </label>
  );
}

/** The rounds from the teacher down. */
function Rail({ group }: { group: ReleasedGroup }) {
  const name = useId();
  return (
    <fieldset className="rail">
      <legend>{rail.label}</legend>
      <div className="stops">
        <span className="stop stop-teacher">
          <Rich text={rail.teacher(1024)} parts={LINES} />
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
        <b>{model.title}</b> <small>{here ? words.sizeHere(model.shape) : model.shape}</small>
        <small className="released-says">{checkpointText(model)}</small>
      </span>
    </label>
  );
}

function Lines({ tab }: { tab: 'teachers' | 'mdlm' }) {
  const name = useId();
  return (
    <fieldset className="released-lines">
      <legend className="visually-hidden">{words.kinds[tab].label}</legend>
      {groupOf(tab).models.map((model) => (
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
        {groupText(group)} {some && rail.withBar}
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
        label={words.repository}
        value={form.repo}
        error={errors.repo}
        hint={words.repositoryHint}
        onChange={(repo) => {
          setSource({ repo });
        }}
      />
      <TextField
        label={words.revision}
        value={form.revision}
        error={errors.revision}
        hint={words.revisionHint}
        onChange={(revision) => {
          setSource({ revision });
        }}
      />
      <button type="submit" aria-disabled={'errors' in asked}>
        {words.look}
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
        {error === undefined ? words.from(host.replace(/^https?:\/\//, '')) : words.fromNowhere}
      </summary>
      <TextField
        label={words.mirror}
        value={endpoint}
        error={error}
        hint={words.mirrorHint}
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
      <h2 id="picker-title">{words.title}</h2>
      <Choice legend={words.kinds.label} options={tabs} value={tab} onChange={setTab} />
      <p className="picker-says">{words.kinds[tab].says}</p>
      {tab === 'other' ? (
        <Other />
      ) : tab === 'rounds' || tab === 'sizes' ? (
        <Rounds tab={tab} />
      ) : (
        <Lines tab={tab} />
      )}
      <Host />
    </section>
  );
}
