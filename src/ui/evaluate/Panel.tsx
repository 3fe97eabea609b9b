import './panels.css';
import { useId, type CSSProperties, type ReactNode } from 'react';
import { runPanel, stopPanel } from '../actions/evaluate-panels.ts';
import { useCalm } from '../components/calm.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { Notice } from '../components/Notice.tsx';
import { panels } from '../messages/evaluate/panels.ts';
import { titleOf } from '../race/name.ts';
import { useEngine } from '../stores/engine.ts';
import { isEarlier, usePanels, type PanelName } from '../stores/evaluate-panels.ts';
import { RunButton } from './RunButton.tsx';
import { progressShare, progressText, type TitleOf } from './panels-words.ts';

/** What the page calls models. */
export function useTitles(): TitleOf {
  const models = useEngine((state) => state.models);
  return (model) => titleOf(model, models);
}

/** A bar that fills, with what is being done in words, for those who listen too. */
export function Progress({ share, says }: { share: number; says: string }) {
  const calm = useCalm(says, false);
  return (
    <>
      <p className="hint" aria-hidden="true">
        {says}
      </p>
      <p className="visually-hidden" role="status">
        {calm}
      </p>
      <div className="progress-line" data-busy style={{ '--done': share } as CSSProperties} />
    </>
  );
}

/** Where a measure is, and how its last run ended. */
function Status({ name }: { name: PanelName }) {
  const task = usePanels((state) => state[name].task);
  const progress = usePanels((state) => state[name].progress);
  const title = useTitles();
  if (task.state === 'running')
    return <Progress share={progressShare(progress)} says={progressText(progress, title)} />;
  if (task.state === 'failed') return <Notice kind="error">{task.failure.message}</Notice>;
  return (
    <p className="hint" role="status">
      {task.state === 'stopped' && panels.cancelled[name]}
    </p>
  );
}

/** One measure: what it is, what is asked for, how it goes, what came of it. */
export function Panel({
  name,
  title,
  says,
  run,
  models,
  problem,
  children,
  result,
}: {
  name: PanelName;
  title: string;
  /** What it means, before any number. */
  says: string;
  /** What the button does. */
  run: string;
  models: readonly string[];
  /** Why it cannot be run as it is; undefined where it can. */
  problem: string | undefined;
  /** The fields. */
  children: ReactNode;
  result: ReactNode;
}) {
  const id = useId();
  const running = usePanels((state) => state[name].task.state === 'running');
  const earlier = usePanels((state) => isEarlier(state[name]));
  return (
    <section className="card gauge" aria-labelledby={id} data-state={running ? 'running' : 'rest'}>
      <h2 id={id}>{title}</h2>
      <p className="hint">{says}</p>
      <form
        className="gauge-form"
        aria-labelledby={id}
        onSubmit={(event) => {
          event.preventDefault();
          // Enter in a field may begin it, and only the button cancels it.
          if (!running) void runPanel(name, models);
        }}
      >
        {children}
        <div className="gauge-submit">
          <RunButton
            barred={problem !== undefined}
            onCancel={() => {
              stopPanel(name);
            }}
            {...{ run, running }}
          />
          {!running && problem !== undefined && <p className="hint">{problem}</p>}
        </div>
      </form>
      <Status name={name} />
      {earlier && <p className="hint">{panels.earlier}</p>}
      {result}
    </section>
  );
}

/** What came of a measure: a sentence, the numbers, how they came about, and the way to take them along. */
export function Outcome({
  sentence,
  children,
  source,
  csv,
  json,
}: {
  sentence: string;
  children: ReactNode;
  source: string;
  csv: () => string;
  json: () => string;
}) {
  return (
    <>
      <p className="sentence">{sentence}</p>
      {children}
      <p className="hint">{source}</p>
      <div className="gauge-copy">
        <CopyButton label={panels.copyCsv} copy={csv} />
        <CopyButton label={panels.copyJson} copy={json} />
      </div>
    </>
  );
}
