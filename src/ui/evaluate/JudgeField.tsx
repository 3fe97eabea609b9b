import './judge.css';
import { useState } from 'react';
import type { EvaluateOptions, HubJudge, JudgePreflight } from '../../worker/evaluate/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { lookAtJudge } from '../actions/judge-look.ts';
import { Notice } from '../components/Notice.tsx';
import { Select } from '../components/Select.tsx';
import { TextField } from '../distill/Field.tsx';
import { sweep } from '../messages/evaluate/sweep.ts';
import { keyOf, sourceOf } from '../models/source.ts';
import { bytesText } from '../../words/bytes.ts';
import { titleOf } from '../race/name.ts';
import { judgeError } from './form.ts';
import type { Task } from '../stores/self-test.ts';

const { judge: says } = sweep;

type Judge = EvaluateOptions['judge'];

/** Judges of the hub that are proposed; any other may be typed. */
const SUGGESTED = [
  { value: 'Xenova/distilgpt2', label: says.suggested.distilled },
  { value: 'Xenova/gpt2', label: says.suggested.small },
  { value: 'onnx-community/gpt2-medium-ONNX', label: says.suggested.medium },
] as const;

const OTHER = 'other';

/** What choices other than a model are called; no model has such an id. */
const [BUNDLED, HUB, NOBODY] = ['\0bundled', '\0hub', '\0nobody'];

const isHub = (judge: Judge): judge is HubJudge => typeof judge === 'object' && judge !== null;

/** What was found out of a repository. */
interface Look {
  key: string;
  task: Task<JudgePreflight>;
}

/** Which file judges, and what it takes. */
function Files({
  value,
  known,
  onChange,
}: {
  value: HubJudge;
  known: JudgePreflight;
  onChange: (value: HubJudge) => void;
}) {
  const path = value.file ?? known.proposed;
  const proposed = known.files.find((file) => file.path === path);
  // Asked for the file that is proposed, so known of that one alone.
  const here = path === known.proposed && known.downloadBytes === 0;
  return (
    <Select
      field
      label={says.file}
      value={path}
      options={known.files.map((file) => ({
        value: file.path,
        label: says.fileOf(file.path, file.precision, bytesText(file.bytes)),
      }))}
      hint={
        here
          ? says.fileHere
          : says.fileHint(bytesText(path === known.proposed ? known.downloadBytes : (proposed?.bytes ?? 0)))
      }
      onChange={(file) => {
        const { file: _before, ...rest } = value;
        onChange(file === known.proposed ? rest : { ...rest, file });
      }}
    />
  );
}

/** A judge of the hub: which repository, and which of its files. */
function HubFields({ value, onChange }: { value: HubJudge; onChange: (value: HubJudge) => void }) {
  const [look, setLook] = useState<Look>();
  const [typed, setTyped] = useState(value.repo);
  const listed = SUGGESTED.some(({ value: repo }) => repo === value.repo);
  const [other, setOther] = useState(!listed);
  const error = other ? judgeError(value) : undefined;
  const key = keyOf(value);
  const task = look?.key === key ? look.task : undefined;
  const see = async (): Promise<void> => {
    setLook({ key, task: { state: 'running' } });
    const { file: _file, ...source } = value;
    const seen = await lookAtJudge(source);
    // Another one may be chosen by now.
    setLook((now) => (now?.key === key ? { key, task: seen } : now));
  };
  return (
    <div className="judge-hub">
      <Select
        field
        label={says.model}
        value={other ? OTHER : value.repo}
        options={[...SUGGESTED, { value: OTHER, label: says.other }]}
        onChange={(repo) => {
          setOther(repo === OTHER);
          if (repo === OTHER) return;
          setTyped(repo);
          onChange({ repo });
        }}
      />
      {other && (
        <TextField
          label={says.repository}
          value={typed}
          error={error}
          hint={says.repositoryHint}
          onChange={(repo) => {
            setTyped(repo);
            const now = sourceOf({ repo, revision: '', endpoint: '' }, location.origin);
            onChange('source' in now ? now.source : { repo });
          }}
        />
      )}
      {task?.state === 'done' ? (
        <Files {...{ value, known: task.result, onChange }} />
      ) : (
        <button
          type="button"
          aria-disabled={error !== undefined || task?.state === 'running'}
          onClick={() => {
            if (error === undefined && task?.state !== 'running') void see();
          }}
        >
          {task?.state === 'running' ? says.looking : says.look}
        </button>
      )}
      {task?.state === 'failed' && <Notice kind="error">{task.failure.message}</Notice>}
      <p className="hint">{says.retokenised}</p>
    </div>
  );
}

/** Who says how likely texts are. */
export function JudgeField({
  value,
  onChange,
  models,
}: {
  value: Judge;
  onChange: (value: Judge) => void;
  models: ModelInfo[];
}) {
  const causal = models.filter(({ kind, id }) => kind === 'causal' && id !== 'causal');
  const chosen =
    value === undefined || value === 'causal'
      ? BUNDLED
      : value === null
        ? NOBODY
        : isHub(value)
          ? HUB
          : value;
  return (
    <div className="judge-field">
      <Select
        field
        label={says.label}
        value={chosen}
        options={[
          { value: BUNDLED, label: says.bundled(titleOf('causal', models)) },
          ...causal.map(({ id }) => ({ value: id, label: titleOf(id, models) })),
          { value: HUB, label: says.hub },
          { value: NOBODY, label: says.nobody },
        ]}
        hint={chosen === BUNDLED ? says.bundledHint : chosen === NOBODY ? says.nobodyHint : undefined}
        onChange={(id) => {
          if (id === BUNDLED) onChange(undefined);
          else if (id === NOBODY) onChange(null);
          else onChange(id === HUB ? { repo: SUGGESTED[0].value } : id);
        }}
      />
      {isHub(value) && <HubFields {...{ value, onChange }} />}
    </div>
  );
}
