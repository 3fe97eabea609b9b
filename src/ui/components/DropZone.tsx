import './texts-field.css';
import { useId, useState, type ReactNode } from 'react';

/** A place that files may be dropped on. */
export function DropZone({
  onFiles,
  children,
}: {
  onFiles: (files: readonly File[]) => void;
  children: ReactNode;
}) {
  const [over, setOver] = useState(false);
  return (
    <div
      className="own-texts"
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
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
    </div>
  );
}

/** A button that opens the picker of the system. */
export function FilePicker({
  label,
  accept,
  multiple = false,
  small = false,
  onFiles,
}: {
  label: string;
  accept: string;
  multiple?: boolean;
  small?: boolean;
  onFiles: (files: readonly File[]) => void;
}) {
  const id = useId();
  return (
    <label className={small ? 'button small' : 'button'} htmlFor={id}>
      {label}
      <input
        id={id}
        type="file"
        multiple={multiple}
        accept={accept}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same files may be chosen again once they are mended.
          event.target.value = '';
          onFiles(files);
        }}
      />
    </label>
  );
}
