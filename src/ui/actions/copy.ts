import { writeTraceFile } from '../../trace/file.ts';
import { tokensAfter } from '../../trace/trace.ts';
import { encodeLink } from '../link/link.ts';
import { watch } from '../messages/watch.ts';
import type { PageState } from '../stores/page.ts';
import { useWatch } from '../stores/watch.ts';
import { proseOf } from '../watch/piece.ts';
import { linkState } from './link.ts';
import { traceFile } from './save-trace.ts';

/** The text on the canvas as far as it is shown, masked slots as [mask]. */
export function copyText(): string | undefined {
  const { run, sample, player } = useWatch.getState();
  const trace = run?.traces[sample];
  if (!trace) return undefined;
  const tokens = tokensAfter(trace, player.position).slice(run.beginnings);
  const texts = proseOf(
    tokens.map((token) => (token === trace.maskId ? undefined : token)),
    run.vocabulary,
  );
  const text = texts.map((piece, i) =>
    tokens[i] === trace.maskId ? `${piece} ${watch.canvas.copiedMask}` : piece,
  );
  return text.join('').trim();
}

/** The run as JSON, as a trace file has it: every text with its trace, and what each token spells. */
export function copyTrace(): string | undefined {
  const file = traceFile();
  return file && writeTraceFile(file);
}

/** The address of what is on the page. @param controls whether it shows the settings; as they are now where it is not said */
export function copyLink(controls?: PageState['controls']): string {
  const state = linkState();
  const page = { ...state.page, ...(controls === undefined ? {} : { controls }) };
  return `${location.href.split('#')[0]}${encodeLink({ ...state, page })}`;
}
