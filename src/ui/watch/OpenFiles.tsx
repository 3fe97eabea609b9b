import { useEffect, useId, useState, type ChangeEvent, type ReactNode } from 'react';
import { chosenFiles, droppedFiles } from '../actions/local-files.ts';
import type { LocalFile, LocalModel } from '../actions/local-models.ts';
import { toFailure } from '../actions/failure.ts';
import { openCheckpoint, openFiles, type Opened } from '../actions/open-checkpoint.ts';
import { neitherAmong, openTrace, traceAmong } from '../actions/open-trace.ts';
import { Notice } from '../components/Notice.tsx';
import { Rich } from '../messages/Rich.tsx';
import { files as words } from '../messages/files.ts';
import { traces as traceWords } from '../messages/traces.ts';
import { useEngine } from '../stores/engine.ts';
import { OpenTrace } from './OpenTrace.tsx';
import { Stages } from './Stages.tsx';

const said = ({ title, runs }: { title: string; runs: boolean }): string =>
  runs ? words.opened(title) : words.openedCausal(title);

/** A file that misses the card must not take the page away. */
function useNoNavigation(): void {
  useEffect(() => {
    const prevent = (event: Event): void => {
      event.preventDefault();
    };
    window.addEventListener('dragover', prevent);
    window.addEventListener('drop', prevent);
    return () => {
      window.removeEventListener('dragover', prevent);
      window.removeEventListener('drop', prevent);
    };
  }, []);
}

/** Which of several models is meant. */
function WhichModel({ models, open }: { models: LocalModel[]; open: (model: LocalModel) => void }) {
  return (
    <div className="which">
      <p role="status">{words.which(models.length)}</p>
      <ul role="list">
        {models.map((model) => (
          <li key={model.title}>
            <button
              type="button"
              onClick={() => {
                open(model);
              }}
            >
              {model.title}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A trace plays; anything else is the files of a checkpoint. */
async function openAny(files: LocalFile[]): Promise<Opened | { trace: string }> {
  const trace = await traceAmong(files);
  return trace ? openTrace(trace) : (neitherAmong(files) ?? openFiles(files));
}

/** Opens a checkpoint from the visitor's own files: chosen, or dropped here. */
export function OpenFiles({
  says = said,
  traces = false,
  children,
}: {
  /** What is said once it is open. */
  says?: typeof said;
  /** Whether a trace may be opened too. */
  traces?: boolean;
  children?: ReactNode;
}) {
  const id = useId();
  useNoNavigation();
  const progress = useEngine((state) => state.opening);
  const [over, setOver] = useState(false);
  const [opening, setOpening] = useState(false);
  const [outcome, setOutcome] = useState<Opened | { trace: string }>();

  const openWhat = traces ? openAny : openFiles;
  const show = async (work: Promise<Opened | { trace: string }>): Promise<void> => {
    setOpening(true);
    setOutcome(undefined);
    setOutcome(await work);
    setOpening(false);
  };
  const open = (files: LocalFile[]): void => {
    if (files.length > 0) void show(openWhat(files));
  };
  const choose = (event: ChangeEvent<HTMLInputElement>): void => {
    const files = chosenFiles(event.target.files);
    // The same files may be chosen again once they are mended.
    event.target.value = '';
    open(files);
  };

  return (
    <section
      className="card drop"
      aria-labelledby={`${id}-title`}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void show(droppedFiles(event.dataTransfer).then(openWhat).catch(toFailure));
      }}
    >
      <h2 id={`${id}-title`}>{words.title}</h2>
      <p className="hint" id={`${id}-hint`}>
        <Rich text={words.hint} parts={{ code: (name) => <code>{name}</code> }} />
      </p>
      <label className="button" htmlFor={id}>
        {opening ? words.opening : words.choose}
        <input
          id={id}
          type="file"
          multiple
          disabled={opening}
          aria-describedby={`${id}-hint`}
          onChange={choose}
        />
      </label>{' '}
      <label className="button" htmlFor={`${id}-folder`}>
        {words.chooseFolder}
        <input
          id={`${id}-folder`}
          type="file"
          // Every engine has it, though React's types do not know it.
          {...{ webkitdirectory: '' }}
          disabled={opening}
          aria-describedby={`${id}-hint`}
          onChange={choose}
        />
      </label>
      {opening && <Stages opening={progress} />}
      {outcome && 'choose' in outcome && (
        <WhichModel models={outcome.choose} open={(model) => void show(openCheckpoint(model))} />
      )}
      {outcome && 'message' in outcome && <Notice kind="error">{outcome.message}</Notice>}
      <p className="hint" role="status">
        {outcome && 'title' in outcome && says(outcome)}
        {outcome && 'trace' in outcome && traceWords.opened(outcome.trace)}
      </p>
      {traces && <OpenTrace onFile={(file) => void show(openTrace(file))} />}
      {children}
    </section>
  );
}
