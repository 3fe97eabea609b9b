import type { TraceFile } from '../../trace/file-format.ts';
import { readTraceFile, writeTraceFile } from '../../trace/file.ts';
import { tokensAfter } from '../../trace/trace.ts';
import { tokenHash } from '../link/token-hash.ts';
import { titleOf } from '../race/name.ts';
import { useEngine, type Failure } from '../stores/engine.ts';
import { useWatch, type Run } from '../stores/watch.ts';
import { saveFile, type Saved } from './download.ts';

/** Hash of the tokens of all texts, as far as they are written. */
export const hashOf = (traces: Run['traces']): string =>
  tokenHash(traces.map((trace) => tokensAfter(trace, trace.trace.length)));

/** Texts of the tokens that a run has. */
function piecesOf({ traces, vocabulary }: Run): Record<number, string> | undefined {
  const pieces = vocabulary?.pieces;
  if (!pieces) return undefined;
  const used = new Set(traces.flatMap((trace) => tokensAfter(trace, trace.trace.length)));
  return Object.fromEntries(
    [...used].flatMap((id) => ((pieces[id] as string | undefined) === undefined ? [] : [[id, pieces[id]]])),
  );
}

/** The run on the canvas as a file; one that came from a file is that file. */
export function traceFile(): TraceFile | undefined {
  const { run } = useWatch.getState();
  if (!run) return undefined;
  if (run.file) return run.file.content;
  const { ready, models } = useEngine.getState();
  const { traces, settings, beginnings, cost, vocabulary } = run;
  const info = models.find(({ id }) => id === settings.model);
  const pieces = piecesOf(run);
  const { bos, eos } = vocabulary ?? {};
  return {
    version: 1,
    origin: run.origin === 'recorded' ? 'recorded' : 'live',
    saved: new Date().toISOString(),
    ...(run.origin === 'live' && ready
      ? { made: { backend: ready.backend, adapter: ready.adapter, software: ready.software } }
      : {}),
    ...(info ? { model: { title: titleOf(info.id, models), bytes: info.bytes } } : {}),
    ...{ settings, beginnings },
    ...(bos === undefined ? {} : { bos }),
    ...(eos === undefined ? {} : { eos }),
    ...{ text: hashOf(traces), traces: [...traces] },
    ...(cost ? { cost: costOf(cost) } : {}),
    ...(pieces ? { pieces } : {}),
  };
}

/** The answer of the engine has tokens and texts besides, which the traces have. */
function costOf(cost: NonNullable<Run['cost']>): NonNullable<TraceFile['cost']> {
  const { forwardPasses, dispatches, submits, milliseconds, gpuMilliseconds, backend, weights } = cost;
  return {
    ...{ forwardPasses, dispatches, submits, milliseconds, backend, weights },
    ...(gpuMilliseconds === undefined ? {} : { gpuMilliseconds }),
  };
}

/** The run on the canvas, to be opened again on any machine. @returns what went wrong, or the file */
export function saveTrace(): Failure | Saved {
  const file = traceFile();
  const text = file ? writeTraceFile(file) : '';
  // A network whose logits overflow has laws without numbers: what could not be opened again is not saved.
  const read = readTraceFile(text);
  if ('problem' in read) return { code: 'file-format', message: read.problem };
  const { model, seed } = read.file.settings;
  const name = model.replaceAll(/[^\w.-]+/g, '-').slice(0, 60);
  return saveFile(new Blob([text], { type: 'application/json' }), `unmask-${name}-${seed}.trace.json`);
}
