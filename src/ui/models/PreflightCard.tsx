import './preflight.css';
import { useId, type ReactNode } from 'react';
import type { HubSource, ModelPreflight } from '../../worker/checkpoints/result.ts';
import { releasedModel, teacherOf } from '../../worker/checkpoints/released.ts';
import { chooseReleased, retryPreflight, setKeep } from '../actions/hub-choose.ts';
import { fetchModel } from '../actions/hub-download.ts';
import { watchModel } from '../actions/use-model.ts';
import { Choice } from '../components/Choice.tsx';
import { Notice } from '../components/Notice.tsx';
import { useEngine } from '../stores/engine.ts';
import { storedAt, useModels, type Keep } from '../stores/models.ts';
import { keyOf, mirrorOf, titleAt } from './source.ts';
import { amountText, bytesText, fetchLabel, keptText, limitName, limitValue, shapeText } from './words.ts';

/** What is not known yet. */
const Unknown = () => (
  <span className="hatch">
    <span className="visually-hidden">not known yet</span>
  </span>
);

/** Bytes that are moved or taken, each with what they are. */
function Facts({ known }: { known: ModelPreflight | undefined }) {
  const facts: [string, ReactNode, string?][] = known
    ? [
        [
          'To fetch',
          bytesText(known.downloadBytes),
          known.haveBytes > 0 ? `${bytesText(known.haveBytes)} are here already` : known.dtype,
        ],
        [
          'In the store',
          bytesText(known.storeBytes.f16),
          `as f16; ${bytesText(known.storeBytes.file)} as in the file`,
        ],
        [
          'On the GPU',
          bytesText(known.gpuBytes[known.proposal.storage]),
          known.proposal.storage === 'f16'
            ? `as f16; ${bytesText(known.gpuBytes.f32)} as f32`
            : `as f32; ${bytesText(known.gpuBytes.f16)} as f16`,
        ],
        [
          'Free here',
          known.freeBytes === undefined ? 'not told' : bytesText(known.freeBytes),
          known.freeBytes === undefined ? 'by this browser' : 'of what the browser gives',
        ],
      ]
    : [
        ['To fetch', <Unknown key="" />],
        ['In the store', <Unknown key="" />],
        ['On the GPU', <Unknown key="" />],
        ['Free here', <Unknown key="" />],
      ];
  return (
    <dl className="preflight-facts">
      {facts.map(([name, value, says]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <b>{value}</b>
            <small>{says}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What the network needs of the device, beside what this one has. */
function Limits({ known }: { known: ModelPreflight }) {
  const id = useId();
  const { limits, adapter, proposal } = known;
  if (limits.length === 0) return null;
  const cell = (need: (typeof limits)[number], storage: 'f16' | 'f32') => {
    const fits = need.needed[storage] <= need.has;
    return (
      <td data-fits={fits} data-proposed={storage === proposal.storage}>
        {limitValue(need, need.needed[storage])}
        <span aria-hidden="true"> {fits ? '✓' : '✗'}</span>
        <span className="visually-hidden">{fits ? ', fits' : ', too much'}</span>
      </td>
    );
  };
  return (
    <div className="scrolls" role="region" aria-labelledby={id} tabIndex={0}>
      <table className="preflight-limits">
        <caption id={id}>What it needs of {adapter === undefined ? 'a GPU' : <b>{adapter}</b>}</caption>
        <thead>
          <tr>
            <th scope="col">limit</th>
            <th scope="col">as f16</th>
            <th scope="col">as f32</th>
            <th scope="col">here</th>
          </tr>
        </thead>
        <tbody>
          {limits.map((need) => (
            <tr key={need.limit}>
              <th scope="row" title={need.limit}>
                {limitName(need)}
              </th>
              {cell(need, 'f16')}
              {cell(need, 'f32')}
              <td>{limitValue(need, need.has)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The button, or what has become of it. */
function Act({ known, chosen, keep }: { known: ModelPreflight; chosen: HubSource; keep: Keep }) {
  const key = keyOf(chosen);
  const running = useModels(({ downloads }) =>
    downloads.find((one) => one.key === key && one.state === 'running'),
  );
  const stored = useModels((state) => storedAt(state.store, chosen));
  const model = useEngine((state) => state.models.find(({ id }) => id === stored?.model));
  if (running) return <p className="hint">Being fetched: {amountText(running)}.</p>;
  if (known.kept === 'here') {
    return (
      <div className="preflight-act">
        {model && model.kind !== 'causal' ? (
          <button
            type="button"
            className="primary"
            onClick={() => {
              watchModel(model);
            }}
          >
            Open in Watch
          </button>
        ) : (
          <p className="hint">It is here.</p>
        )}
      </div>
    );
  }
  if (!known.fits) return null;
  return (
    <div className="preflight-act">
      <Choice<Keep>
        legend="Keep the weights"
        value={keep}
        options={[
          { value: 'f16', label: `as f16, ${bytesText(known.storeBytes.f16)}` },
          { value: 'file', label: `as in the file, ${bytesText(known.storeBytes.file)}` },
        ]}
        onChange={setKeep}
      />
      <button
        type="button"
        className="primary"
        onClick={() => void fetchModel(chosen, { keep, storage: known.proposal.storage })}
      >
        {fetchLabel(known)}
      </button>
      <p className="hint">{keptText(known.kept)}</p>
    </div>
  );
}

/** The teacher that a released student began with. */
function Teacher({ chosen }: { chosen: HubSource }) {
  const released = releasedModel(chosen);
  const teacher = released && teacherOf(released);
  if (!teacher) return null;
  return (
    <p className="hint">
      Its teacher before the first round:{' '}
      <button
        type="button"
        className="link"
        onClick={() => {
          chooseReleased(teacher);
        }}
      >
        {teacher.title}
      </button>
    </p>
  );
}

/** What the chosen model would take here, before a byte of its weights is fetched. */
export function PreflightCard() {
  const chosen = useModels((state) => state.chosen);
  const preflight = useModels((state) => state.preflight);
  const picked = useModels((state) => state.keep);
  const known = preflight.state === 'done' ? preflight.result : undefined;
  if (!chosen) {
    return (
      <section className="card preflight" aria-labelledby="preflight-title">
        <h2 id="preflight-title">What it would take</h2>
        <p className="preflight-why">
          Choose a checkpoint: what it takes here is known before its weights are fetched.
        </p>
        <Facts known={undefined} />
      </section>
    );
  }
  const mirror = mirrorOf(chosen);
  const why =
    preflight.state === 'running'
      ? 'Asking the hub what it takes …'
      : known
        ? known.kept === 'here'
          ? 'It is here: nothing has to be fetched.'
          : known.fits
            ? known.proposal.why
            : 'It cannot run here.'
        : '';
  return (
    <section
      className="card preflight"
      aria-labelledby="preflight-title"
      aria-busy={preflight.state === 'running'}
    >
      <h2 id="preflight-title">{titleAt(chosen)}</h2>
      <p className="preflight-why" role="status">
        {why}
      </p>
      {preflight.state === 'failed' && (
        <Notice kind="error" action={{ label: 'Try again', onClick: retryPreflight }}>
          {preflight.failure.message}
        </Notice>
      )}
      <Facts known={known} />
      {known?.reasons.map((reason) => (
        <Notice key={reason} kind={known.fits ? 'warning' : 'error'}>
          {reason}
        </Notice>
      ))}
      {known && <Act {...{ known, chosen }} keep={picked ?? known.proposal.keep} />}
      {known && <p className="hint">{shapeText(known)}</p>}
      {known && <Limits known={known} />}
      <Teacher chosen={chosen} />
      <p className="hint preflight-source">
        {chosen.repo}
        {chosen.revision === undefined ? '' : ` at ${chosen.revision}`}
        {mirror === undefined ? '' : `, by ${mirror}`}
      </p>
    </section>
  );
}
