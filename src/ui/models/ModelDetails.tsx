import { bytesText } from '../../words/bytes.ts';
import type { MemoryModelInfo, StoredModelInfo, VerifyReport } from '../../worker/checkpoints/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { removeFromStore, verifyModel } from '../actions/model-store.ts';
import { Confirm } from '../components/Confirm.tsx';
import { Notice } from '../components/Notice.tsx';
import { withFocus } from '../distill/focus.ts';
import { ExportRound } from '../distill/Ladder.tsx';
import { LOCALE } from '../../words/language.ts';
import { models } from '../messages/models.ts';
import { useModels } from '../stores/models.ts';
import type { Task } from '../stores/self-test.ts';
import { ExportModel } from '../watch/ExportModel.tsx';
import { keyOf } from './source.ts';

const words = models.details;

/** What a look at every byte said. */
function Verified({ task, bytes }: { task: Task<VerifyReport> | undefined; bytes: number }) {
  const problem =
    task?.state === 'failed'
      ? task.failure.message
      : task?.state === 'done'
        ? task.result.problem
        : undefined;
  return (
    <>
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      <p className="hint" role="status">
        {task?.state === 'running' && words.reading(bytesText(bytes))}
        {task?.state === 'done' && task.result.whole && words.whole}
      </p>
    </>
  );
}

function Delete({ model, asks }: { model: string; asks: string }) {
  return (
    <Confirm
      label={words.delete}
      asks={asks}
      yes={words.deleteYes}
      onYes={() => {
        void withFocus(removeFromStore({ model }).then(() => undefined));
      }}
    />
  );
}

/** It is nowhere else: what that means, and how to be rid of it. */
function InMemory({ memory }: { memory: MemoryModelInfo }) {
  const { model, bytes } = memory;
  return (
    <div className="model-kept">
      <p className="hint">{words.inMemory}</p>
      <div className="model-uses">
        <Delete {...{ model }} asks={words.deleteAsksMemory(bytesText(bytes))} />
      </div>
    </div>
  );
}

/** Look at it, or take it away. */
function Kept({ stored }: { stored: StoredModelInfo }) {
  const { model, bytes } = stored;
  const task = useModels((state) => state.verified[model] as Task<VerifyReport> | undefined);
  const busy = task?.state === 'running';
  return (
    <div className="model-kept">
      <div className="model-uses">
        <button
          type="button"
          className="small"
          aria-disabled={busy}
          onClick={() => {
            if (!busy) void verifyModel(model);
          }}
        >
          {busy ? words.verifying : words.verify}
        </button>
        <Delete {...{ model }} asks={words.deleteAsks(bytesText(bytes))} />
      </div>
      <Verified {...{ task, bytes }} />
    </div>
  );
}

const day = (at: number): string =>
  new Date(at).toLocaleDateString(LOCALE, { year: 'numeric', month: 'long', day: 'numeric' });

/** Facts of a model, by name. */
function factsOf(
  id: string,
  model: ModelInfo | undefined,
  stored: StoredModelInfo | undefined,
): [string, string][] {
  const facts: [string, string][] = [[words.id, id]];
  if (!stored) return model ? [...facts, [words.weights, bytesText(model.bytes)]] : facts;
  const { source, keep, addedAt } = stored;
  if (source) facts.push([words.from, keyOf(source)], [words.commit, source.commit]);
  if (keep) facts.push([words.weights, words.kept(models.keeps[keep], bytesText(stored.bytes))]);
  return [...facts, [words.since, day(addedAt)]];
}

/** The particulars of a model, and what is done more rarely. */
export function ModelDetails({
  id,
  title,
  model,
  stored,
  memory,
}: {
  id: string;
  title: string;
  /** Absent where it cannot be asked for. */
  model?: ModelInfo;
  stored: StoredModelInfo | undefined;
  memory: MemoryModelInfo | undefined;
}) {
  return (
    <div className="model-details" role="group" aria-label={title}>
      <dl>
        {factsOf(id, model, stored).map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {stored ? <Kept stored={stored} /> : memory && <InMemory memory={memory} />}
      {model && (
        <>
          <div className="rung-actions">
            <ExportRound model={id} />
          </div>
          <ExportModel model={id} />
        </>
      )}
    </div>
  );
}
