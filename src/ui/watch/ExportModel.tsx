import { useState } from 'react';
import { bytesText } from '../../words/bytes.ts';
import { exportModel } from '../actions/export-onnx.ts';
import { Notice } from '../components/Notice.tsx';
import { files } from '../messages/files.ts';

/** A model as a file that onnxruntime runs anywhere. */
export function ExportModel({ model }: { model: string }) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<{ message: string } | { file: string; bytes: number }>();
  const save = async (): Promise<void> => {
    setBusy(true);
    setOutcome(undefined);
    setOutcome(await exportModel(model));
    setBusy(false);
  };
  return (
    <div className="export">
      <button type="button" disabled={busy} onClick={() => void save()}>
        {busy ? files.export.busy : files.export.button(model)}
      </button>
      {outcome && 'message' in outcome && <Notice kind="error">{outcome.message}</Notice>}
      <p className="hint" role="status">
        {outcome && 'file' in outcome ? files.export.done(outcome.file, bytesText(outcome.bytes)) : ''}
      </p>
    </div>
  );
}
