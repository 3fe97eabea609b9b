import './here-now.css';
import { bytesText } from '../../words/bytes.ts';
import type { StoredModelInfo } from '../../worker/checkpoints/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { openRow } from '../actions/model-store.ts';
import { distillFrom, raceModel, watchModel } from '../actions/use-model.ts';
import { useNow } from '../distill/now.ts';
import { ago } from '../distill/sentence.ts';
import { models as words } from '../messages/models.ts';
import { useDistill } from '../stores/distill.ts';
import { useEngine } from '../stores/engine.ts';
import { memoryOf, useModels } from '../stores/models.ts';
import { number } from '../../words/numbers.ts';
import { ModelDetails } from './ModelDetails.tsx';
import { StoreRoom } from './StoreRoom.tsx';
import { kindText, originText } from './words.ts';

/** A value with its name, which stands over the column where there is one. */
function Cell({ name, children }: { name: string; children: string }) {
  return (
    <span className="model-cell">
      <span className="model-cell-name">{name} </span>
      {children}
    </span>
  );
}

const { columns, store: inStore, uses } = words.here;

/** What can be done with a model at once. */
function Uses({ model, open }: { model: ModelInfo; open: boolean }) {
  const { id, title, kind } = model;
  // Another teacher is chosen before a distillation is open.
  const taken = useDistill(({ status, state }) => status === 'opening' || state !== undefined);
  const named = (verb: string) => ({ 'aria-label': uses.named(verb, title), children: verb });
  return (
    <span className="model-uses">
      {kind !== 'causal' && (
        <button
          type="button"
          className="small"
          onClick={() => {
            watchModel(model);
          }}

          {...named(uses.watch)}
        />
      )}
      <button
        type="button"
        className="small"
        onClick={() => {
          raceModel(model);
        }}

        {...named(uses.race)}
      />
      {kind !== 'causal' && (
        <button
          type="button"
          className="small"
          title={taken ? uses.distillTaken : uses.distillTitle}
          onClick={() => {
            distillFrom(model);
          }}

          {...named(uses.distill)}
        />
      )}
      <button
        type="button"
        className="small"
        aria-expanded={open}
        onClick={() => {
          openRow(open ? undefined : id);
        }}

        {...named(open ? uses.less : uses.more)}
      />
    </span>
  );
}

function Row({ model, stored, now }: { model: ModelInfo; stored: StoredModelInfo | undefined; now: number }) {
  const open = useModels((state) => state.open === model.id);
  const memory = useModels(({ store }) => memoryOf(store, model.id));
  const used = stored && ago(Math.max(0, (now - stored.usedAt) / 1000));
  return (
    <li>
      <div className="model-row">
        <span className="model-name">
          <b>{model.title}</b>
          <small>{words.what(kindText(model), originText(model, stored))}</small>
        </span>
        <Cell name={columns.size}>{bytesText(stored?.bytes ?? model.bytes)}</Cell>
        <Cell name={columns.length}>{number(model.length)}</Cell>
        <Cell name={columns.vocabulary}>{number(model.vocabulary)}</Cell>
        <Cell name={columns.store}>
          {memory ? inStore.memory : used === undefined ? inStore.none : inStore.used(used)}
        </Cell>
        <Uses {...{ model, open }} />
      </div>
      {open && <ModelDetails {...{ model, stored, memory }} id={model.id} title={model.title} />}
    </li>
  );
}

/** A model in the store that cannot be asked for. */
function Damaged({ stored }: { stored: StoredModelInfo }) {
  const { model, title, bytes, problem } = stored;
  return (
    <li>
      <div className="model-row">
        <span className="model-name">
          <b>{title}</b>
          <small className="model-problem">{problem}</small>
        </span>
        <Cell name={columns.size}>{bytesText(bytes)}</Cell>
      </div>
      <ModelDetails id={model} title={title} stored={stored} memory={undefined} />
    </li>
  );
}

/** Every model that can be asked for, and the room that they take. */
export function HereNow() {
  const models = useEngine((state) => state.models);
  const stored = useModels((state) => state.store?.models);
  // Times of use are minutes and days.
  const now = useNow(15_000);
  return (
    <section className="card here-now" aria-labelledby="here-title">
      <h2 id="here-title">{words.here.title}</h2>
      <div className="model-head" aria-hidden="true">
        {[columns.model, columns.size, columns.length, columns.vocabulary, columns.store, ''].map((name) => (
          <span key={name}>{name}</span>
        ))}
      </div>
      <ul role="list" className="model-list">
        {models.map((model) => (
          <Row key={model.id} {...{ model, now }} stored={stored?.find((one) => one.model === model.id)} />
        ))}
        {stored
          ?.filter(({ model, problem }) => problem !== undefined && models.every(({ id }) => id !== model))
          .map((one) => (
            <Damaged key={one.model} stored={one} />
          ))}
      </ul>
      <StoreRoom />
    </section>
  );
}
