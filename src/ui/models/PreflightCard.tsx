import './preflight.css';
import { useId, type ReactNode } from 'react';
import { bytesText } from '../../words/bytes.ts';
import type { HubSource, ModelPreflight } from '../../worker/checkpoints/result.ts';
import { releasedModel, teacherOf } from '../../worker/checkpoints/released.ts';
import { chooseReleased, retryPreflight, setKeep } from '../actions/hub-choose.ts';
import { fetchModel } from '../actions/hub-download.ts';
import { watchModel } from '../actions/use-model.ts';
import { Choice } from '../components/Choice.tsx';
import { Notice } from '../components/Notice.tsx';
import { withFocus } from '../distill/focus.ts';
import { preflight as words } from '../messages/hub.ts';
import { links } from '../messages/links.ts';
import { models } from '../messages/models.ts';
import { Rich, type Parts } from '../messages/Rich.tsx';
import { shared } from '../messages/shared.ts';
import { useEngine } from '../stores/engine.ts';
import { downloadKey, elsewhere, hereFrom, memoryOf, useModels, type Keep } from '../stores/models.ts';
import { keyOf, mirrorOf } from './source.ts';
import { titleAt } from './title.ts';
import { amountText, fetchLabel, keptText, limitName, limitValue, shapeText } from './words.ts';

/** What is not known yet. */
const Unknown = () => (
  <span className="hatch">
    <span className="visually-hidden">{shared.notKnown}</span>
  </span>
);

/** Whether it matters how it is kept: an f16 file is the same either way. */
const differ = ({ dtype }: ModelPreflight): boolean => dtype !== 'F16';

/** Bytes that are moved or taken, each with what they are. */
function Facts({ known, keep }: { known: ModelPreflight | undefined; keep: Keep }) {
  const way = known?.by[keep];
  const facts: [string, ReactNode, string?][] =
    known && way
      ? [
          [
            words.facts.fetch,
            bytesText(way.downloadBytes),
            way.haveBytes > 0 ? words.facts.haveAlready(bytesText(way.haveBytes)) : known.dtype,
          ],
          [
            words.facts.store,
            bytesText(known.storeBytes[keep]),
            !differ(known)
              ? words.facts.inFile
              : keep === 'f16'
                ? words.facts.storeF16(bytesText(known.storeBytes.file))
                : words.facts.storeFile(bytesText(known.storeBytes.f16)),
          ],
          [
            words.facts.gpu,
            bytesText(way.gpuBytes),
            way.storage === 'f16'
              ? words.facts.gpuF16(bytesText(known.gpuBytes.f32))
              : words.facts.gpuF32(bytesText(known.gpuBytes.f16)),
          ],
          [
            words.facts.free,
            known.freeBytes === undefined ? words.facts.freeNot : bytesText(known.freeBytes),
            known.freeBytes === undefined ? words.facts.freeNotBy : words.facts.freeOf,
          ],
        ]
      : [
          [words.facts.fetch, <Unknown key="" />],
          [words.facts.store, <Unknown key="" />],
          [words.facts.gpu, <Unknown key="" />],
          [words.facts.free, <Unknown key="" />],
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

const MARKED: Parts = {
  mark: (sign) => <span aria-hidden="true">{sign}</span>,
  quiet: (said) => <span className="visually-hidden">{said}</span>,
};

/** What the network needs of the device, beside what this one has. */
function Limits({ known, keep }: { known: ModelPreflight; keep: Keep }) {
  const id = useId();
  const { limits, adapter, by } = known;
  if (limits.length === 0) return null;
  const cell = (need: (typeof limits)[number], storage: 'f16' | 'f32') => {
    const fits = need.needed[storage] <= need.has;
    const value = limitValue(need, need.needed[storage]);
    return (
      <td data-fits={fits} data-proposed={storage === by[keep].storage}>
        <Rich text={fits ? words.limits.fits(value) : words.limits.tooMuch(value)} parts={MARKED} />
      </td>
    );
  };
  return (
    <div className="scrolls" role="region" aria-labelledby={id} tabIndex={0}>
      <table className="preflight-limits">
        <caption id={id}>
          {adapter === undefined ? (
            words.limits.titleAny
          ) : (
            <Rich text={words.limits.title(adapter)} parts={{ adapter: (name) => <b>{name}</b> }} />
          )}
        </caption>
        <thead>
          <tr>
            <th scope="col">{words.limits.limit}</th>
            <th scope="col">{words.limits.f16}</th>
            <th scope="col">{words.limits.f32}</th>
            <th scope="col">{words.limits.here}</th>
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
    downloads.find((one) => keyOf(one.source) === key && one.state === 'running'),
  );
  const here = useModels((state) => hereFrom(state, chosen));
  const memory = useModels(({ store }) => memoryOf(store, here));
  const model = useEngine((state) => state.models.find(({ id }) => id === here));
  const taken = useModels((state) =>
    elsewhere(state).some((partial) => downloadKey(partial) === downloadKey({ source: chosen, keep })),
  );
  const way = known.by[keep];
  if (running) return <p className="hint">{words.running(amountText(running))}</p>;
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
            {models.openInWatch}
          </button>
        ) : (
          <p className="hint">{words.here}</p>
        )}
        {memory && <p className="hint">{words.inMemory}</p>}
      </div>
    );
  }
  if (!known.fits) return null;
  return (
    <div className="preflight-act">
      {differ(known) && (
        <Choice<Keep>
          legend={words.keep.label}
          value={keep}
          options={(['f16', 'file'] as const).map((value) => ({
            value,
            label: words.keep[value](bytesText(known.storeBytes[value])),
          }))}
          onChange={setKeep}
        />
      )}
      {way.busy === true || taken ? (
        <p className="hint">{words.taken}</p>
      ) : (
        <button
          type="button"
          className="primary"
          onClick={() => {
            void fetchModel(chosen, { keep, storage: way.storage });
            // The button is gone while it is fetched.
            void withFocus(Promise.resolve(), '#preflight-title');
          }}
        >
          {fetchLabel(way)}
        </button>
      )}
      <p className="hint">{keptText(way.kept)}</p>
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
      <Rich
        text={words.teacher(teacher.title)}
        parts={{
          teacher: (title) => (
            <button
              type="button"
              className="link"
              onClick={() => {
                chooseReleased(teacher);
              }}
            >
              {title}
            </button>
          ),
        }}
      />
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
        <h2 id="preflight-title">{words.title}</h2>
        <p className="preflight-why">{words.choose}</p>
        <Facts known={undefined} keep="f16" />
      </section>
    );
  }
  const mirror = mirrorOf(chosen);
  // What is here is kept as it is.
  const keep = (known?.kept === 'here' ? undefined : picked) ?? known?.proposal.keep ?? 'f16';
  const why =
    preflight.state === 'running'
      ? words.asking
      : known
        ? known.kept === 'here'
          ? words.nothingToFetch
          : known.fits
            ? known.by[keep].why
            : words.cannotRun
        : '';
  return (
    <section
      className="card preflight"
      aria-labelledby="preflight-title"
      aria-busy={preflight.state === 'running'}
    >
      <h2 id="preflight-title" tabIndex={-1}>
        {titleAt(chosen)}
      </h2>
      <p className="preflight-why" role="status">
        {why}
      </p>
      {preflight.state === 'failed' && (
        <Notice kind="error" action={{ label: shared.tryAgain, onClick: retryPreflight }}>
          {preflight.failure.message}
        </Notice>
      )}
      {preflight.state === 'idle' && (
        <div className="preflight-act">
          <button type="button" onClick={retryPreflight}>
            {links.seeModel}
          </button>
          <p className="hint">{links.modelWaits}</p>
        </div>
      )}
      <Facts {...{ known, keep }} />
      {known?.by[keep].reasons.map((reason) => (
        <Notice key={reason} kind={known.fits ? 'warning' : 'error'}>
          {reason}
        </Notice>
      ))}
      {known && <Act {...{ known, chosen, keep }} />}
      {known && <p className="hint">{shapeText(known)}</p>}
      {known && <Limits {...{ known, keep }} />}
      <Teacher chosen={chosen} />
      <p className="hint preflight-source">{models.place(chosen.repo, chosen.revision, mirror)}</p>
    </section>
  );
}
