/** The run that greets visitors while the weights load; `npm run record` makes it. */
import type { Trace } from '../../trace/trace.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import json from './recorded.json';

/** What recorded.json holds. */
export interface RecordedRun {
  version: 1;
  trace: Trace;
  /** Text of the tokens that the run needs, by id. */
  pieces: Readonly<Record<number, string>>;
  bos: number;
}

const { trace, pieces, bos } = json as RecordedRun;

/** A finished run of the bundled student with the settings of the first run, and a vocabulary of just its tokens. */
export const recorded: { trace: Trace; vocabulary: Vocabulary } = {
  trace,
  vocabulary: { pieces, maskId: trace.maskId, bos },
};
