import './texts-field.css';
import { useId, useState } from 'react';
import { shared } from '../messages/shared.ts';
import type { Failure } from '../stores/engine.ts';
import { DropZone, FilePicker } from './DropZone.tsx';
import { countText, ownTexts, type GivenTexts } from './texts.ts';

/** Texts of the visitor's own: pasted, chosen, or dropped here. */
export function TextsField({
  pasted,
  file,
  label = shared.texts.label,
  error,
  onPasted,
  onFiles,
  onLeaveOut,
}: GivenTexts & {
  label?: string;
  /** What is wrong with the texts as they are. */
  error: string | undefined;
  onPasted: (text: string) => void;
  /** @returns what is wrong with the files */
  onFiles: (files: readonly File[]) => Promise<Failure | undefined>;
  onLeaveOut: () => void;
}) {
  const id = useId();
  const [problem, setProblem] = useState<string>();
  const take = async (files: readonly File[]): Promise<void> => {
    setProblem((await onFiles(files))?.message);
  };
  const count = ownTexts({ pasted, file }).length;
  const wrong = problem ?? error;
  return (
    <DropZone onFiles={(files) => void take(files)}>
      <div className="field">
        <label htmlFor={`${id}-text`}>{label}</label>
        <textarea
          id={`${id}-text`}
          rows={4}
          value={pasted}
          aria-invalid={wrong !== undefined}
          aria-describedby={`${id}-says`}
          onChange={(event) => {
            onPasted(event.target.value);
          }}
        />
      </div>
      <div className="own-files">
        <FilePicker
          label={shared.texts.choose}
          accept=".txt,.jsonl,text/plain"
          multiple
          onFiles={(files) => void take(files)}
        />
        {file && (
          <button
            type="button"
            className="small"
            onClick={() => {
              setProblem(undefined);
              onLeaveOut();
            }}
          >
            {shared.texts.leaveOut(file.name)}
          </button>
        )}
      </div>
      <p
        id={`${id}-says`}
        className={wrong === undefined ? 'hint' : 'hint field-error'}
        role={problem === undefined ? undefined : 'alert'}
      >
        {wrong !== undefined && (
          <>
            {wrong}
            {problem !== undefined && file && ` ${shared.texts.fileStays(file.name)}`}
            <br />
          </>
        )}
        {count > 0 && countText(count, file)}
      </p>
    </DropZone>
  );
}
