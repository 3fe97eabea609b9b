/**
 * A run as a file: what was asked for, what came, and what it takes to show it without any model. The format is that of
 * docs/traces.md; its JSON schema is public/schema/trace-1.json.
 */
import {
  LARGEST_ID,
  MAX_LENGTH,
  traceShape,
  type TraceFile,
  type TraceSettings,
  type WrittenTrace,
} from './file-format.ts';
import { traceWords as words } from './messages.ts';
import { Misfit, object, told, whole } from './shape.ts';
import type { DiffusionSampler, Trace, TraceStep } from './trace.ts';

/** Largest file that is read, bytes: many times what the longest run takes. */
export const MOST_TRACE_BYTES = 32e6;

/** The fields of one run that all of its texts, and its settings, have in common. */
const COMMON = ['model', 'sampler', 'steps', 'seed', 'temperature', 'topP', 'maskId'] as const;

const { has, due, dueBeside } = words;

function checkStep(
  { step, positions, tokens, probabilities, entropies }: TraceStep,
  path: string,
  { text, maskId, after, last }: { text: number[]; maskId: number; after: number; last: number },
): void {
  if (step <= after || step > last) {
    throw new Misfit(`${path}.step`, String(step), dueBeside.stepsRise(after, last));
  }
  for (const [name, values] of Object.entries({ tokens, probabilities, entropies })) {
    if (values.length !== positions.length)
      throw new Misfit(`${path}.${name}`, told(values), dueBeside.asPositions(positions.length));
  }
  positions.forEach((position, i) => {
    if (position >= text.length)
      throw new Misfit(`${path}.positions[${i}]`, String(position), dueBeside.position(text.length - 1));
    if (text[position] !== maskId)
      throw new Misfit(`${path}.positions[${i}]`, String(position), dueBeside.masked);
    if (tokens[i] >= maskId)
      throw new Misfit(`${path}.tokens[${i}]`, String(tokens[i]), dueBeside.token(maskId - 1));
    text[position] = tokens[i];
  });
}

function checkTrace(one: Trace, path: string, first: Trace): void {
  const { steps, sampler, maskId, initial, trace } = one;
  for (const name of COMMON) {
    if (one[name] !== first[name])
      throw new Misfit(`${path}.${name}`, told(one[name]), dueBeside.asFirst(told(first[name])));
  }
  if (initial.length !== first.initial.length)
    throw new Misfit(`${path}.initial`, told(initial), dueBeside.lengthOfFirst(first.initial.length));
  if ((steps === 0) !== (sampler === 'first-hitting'))
    throw new Misfit(
      `${path}.steps`,
      String(steps),
      sampler === 'first-hitting' ? dueBeside.noSteps : dueBeside.someSteps,
    );
  const strange = initial.findIndex((token) => token > maskId);
  if (strange >= 0)
    throw new Misfit(`${path}.initial[${strange}]`, String(initial[strange]), dueBeside.tokenOrMask(maskId));
  if (one.forwardPasses < trace.length)
    throw new Misfit(`${path}.forwardPasses`, String(one.forwardPasses), dueBeside.passes(trace.length));
  const text = [...initial];
  // First-hitting has no nominal steps, and so no final pass after them.
  const last = steps === 0 ? MAX_LENGTH : steps + 1;
  const { from = 0 } = one;
  const before = trace.at(0)?.step ?? last;
  if (from >= before) throw new Misfit(`${path}.from`, String(from), dueBeside.from(before));
  trace.forEach((step, i) => {
    checkStep(step, `${path}.trace[${i}]`, { text, maskId, after: trace[i - 1]?.step ?? 0, last });
  });
}

/** Old copies do not say whether a token that begins a text was given; a mark of the vocabulary at the start is one. */
function guessedBeginnings({ traces, pieces }: WrittenTrace): 0 | 1 {
  const starts = traces.map(({ initial, maskId }) => initial.length > 1 && initial[0] !== maskId);
  const piece = pieces?.[traces[0].initial[0]];
  return starts.every(Boolean) && (piece === undefined || /^([<[].*[>\]])?$/.test(piece)) ? 1 : 0;
}

/** What a run was asked for, as far as its traces tell. */
function guessedSettings({ traces }: WrittenTrace, beginnings: 0 | 1): TraceSettings {
  const { model, sampler, steps, seed, temperature, topP, initial } = traces[0];
  return {
    ...{ model, sampler: sampler as DiffusionSampler, steps: Math.max(1, steps), seed, temperature, topP },
    ...{ slots: initial.length - beginnings, count: traces.length },
    ...{ prompt: '', bos: beginnings === 1, pins: {} },
  };
}

function checkSettings({ settings, beginnings, traces: [first, ...others] }: TraceFile): void {
  for (const name of COMMON) {
    if (name === 'maskId' || (name === 'steps' && first.steps === 0)) continue;
    if (settings[name] !== first[name])
      throw new Misfit(`settings.${name}`, told(settings[name]), dueBeside.asTexts(told(first[name])));
  }
  const slots = first.initial.length - beginnings;
  if (settings.slots !== slots)
    throw new Misfit('settings.slots', String(settings.slots), dueBeside.slots(slots));
  if (settings.count < 1 + others.length)
    throw new Misfit('settings.count', String(settings.count), dueBeside.count(1 + others.length));
  for (const [slot, token] of Object.entries(settings.pins)) {
    const [pin, path] = [has.pin(slot, token), 'settings.pins'];
    if (Number(slot) >= slots) throw new Misfit(path, pin, dueBeside.slotsTo(slots - 1));
    if (token >= first.maskId) throw new Misfit(path, pin, dueBeside.tokensTo(first.maskId - 1));
    const open = [first, ...others].findIndex(
      ({ initial, maskId }) => initial[Number(slot) + beginnings] === maskId,
    );
    if (open >= 0) throw new Misfit(path, pin, dueBeside.given(`traces[${open}].initial`));
  }
}

/** Days that a month does not have are read as days of the next one. */
function checkSaved({ saved }: WrittenTrace): void {
  if (saved === undefined) return;
  const time = new Date(saved);
  if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== saved.slice(0, 10))
    throw new Misfit('saved', told(saved), due.day);
}

/** What relates the fields to each other. @throws Misfit */
function checked(written: WrittenTrace): TraceFile {
  checkSaved(written);
  const [first] = written.traces;
  written.traces.forEach((one, i) => {
    checkTrace(one, `traces[${i}]`, first);
  });
  const beginnings = written.beginnings ?? guessedBeginnings(written);
  const without = written.traces.findIndex(
    ({ initial }) => initial.length < 2 || initial[0] === first.maskId,
  );
  if (beginnings === 1 && without >= 0)
    throw new Misfit('beginnings', '1', dueBeside.noBeginning(`traces[${without}].initial`));
  const { pieces = {}, bos, eos } = written;
  for (const [name, token] of Object.entries({ bos, eos })) {
    if (token !== undefined && token > first.maskId)
      throw new Misfit(name, String(token), dueBeside.token(first.maskId));
  }
  const strange = Object.keys(pieces).find((token) => Number(token) > first.maskId);
  if (strange !== undefined)
    throw new Misfit('pieces', has.objectWith(strange), dueBeside.tokensTo(first.maskId));
  const file = { ...written, beginnings, settings: written.settings ?? guessedSettings(written, beginnings) };
  checkSettings(file);
  return file;
}

/** Whether a file says that it is a trace, of whatever version and however damaged. */
export const isTrace = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && Object.hasOwn(json, 'traces');

/**
 * Read a file.
 * @param content any text
 * @returns the run, with everything in it that playing relies on; or the first problem, one sentence that names the field,
 * what it has and what it has to have, and the remedy
 */
export function readTraceFile(content: string): { file: TraceFile } | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    return { problem: words.notJson };
  }
  try {
    const version = object<{ version: number }>({ version: whole(1, LARGEST_ID) }).read(json, '').version;
    // Another version may have other fields and other rules, so that comes first.
    if (version > 1) {
      return { problem: words.newer(version) };
    }
    return { file: checked(traceShape.read(json, '')) };
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    return { problem: error.message };
  }
}

/**
 * The same from bytes.
 * @param bytes of a file, at most `MOST_TRACE_BYTES` of which are of use
 */
export function readTraceBytes(bytes: Uint8Array): ReturnType<typeof readTraceFile> {
  try {
    return readTraceFile(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { problem: words.notUtf8 };
  }
}

/** A run as the text of a file. */
export const writeTraceFile = (run: TraceFile): string => JSON.stringify(run);
