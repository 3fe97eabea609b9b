import { useEffect, useId, useState, type ReactNode } from 'react';
import { openCheckpoint } from '../actions/open-checkpoint.ts';
import { Notice } from '../components/Notice.tsx';
import { useEngine } from '../stores/engine.ts';
import { Stages } from './Stages.tsx';

const said = ({ title, runs }: { title: string; runs: boolean }): string =>
  runs
    ? `${title} is open and chosen: press Run.`
    : `${title} is open, but it writes from left to right, one token a pass: this view runs masked-diffusion models only.`;

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

/** Opens a checkpoint from the visitor's own files: chosen, or dropped here. */
export function OpenFiles({
  says = said,
  children,
}: {
  /** What is said once it is open. */
  says?: typeof said;
  children?: ReactNode;
}) {
  const id = useId();
  useNoNavigation();
  const progress = useEngine((state) => state.opening);
  const [over, setOver] = useState(false);
  const [opening, setOpening] = useState(false);
  const [outcome, setOutcome] = useState<{ message: string } | { title: string; runs: boolean }>();

  const open = async (files: File[]): Promise<void> => {
    if (files.length === 0) return;
    setOpening(true);
    setOutcome(undefined);
    setOutcome(await openCheckpoint(files));
    setOpening(false);
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
        void open([...event.dataTransfer.files]);
      }}
    >
      <h2 id={`${id}-title`}>A checkpoint of your own</h2>
      <p className="hint" id={`${id}-hint`}>
        Drop <code>config.json</code> and <code>model.safetensors</code> here, with{' '}
        <code>tokenizer.json</code> if there is one. The files stay on this machine.
      </p>
      <label className="button" htmlFor={id}>
        {opening ? 'Opening …' : 'Choose files'}
        <input
          id={id}
          type="file"
          multiple
          disabled={opening}
          aria-describedby={`${id}-hint`}
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            // The same files may be chosen again once they are mended.
            event.target.value = '';
            void open(files);
          }}
        />
      </label>
      {opening && <Stages opening={progress} />}
      {outcome && 'message' in outcome && <Notice kind="error">{outcome.message}</Notice>}
      <p className="hint" role="status">
        {outcome && 'title' in outcome && says(outcome)}
      </p>
      {children}
    </section>
  );
}
