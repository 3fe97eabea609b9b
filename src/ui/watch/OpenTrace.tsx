import { FilePicker } from '../components/DropZone.tsx';
import { traces as words } from '../messages/traces.ts';

/** Chooses a trace to play. */
export function OpenTrace({ onFile }: { onFile: (file: File) => void }) {
  return (
    <>
      <FilePicker
        label={words.open}
        accept=".json,application/json"
        onFiles={([file]) => {
          if (file instanceof File) onFile(file);
        }}
      />
      <p className="hint">{words.openHint}</p>
    </>
  );
}
