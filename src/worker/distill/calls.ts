/** The calls of a distillation, and of what comes of one. */
import { refuse } from '../arguments.ts';
import type { Calls } from '../protocol.ts';

const NAMES = [
  'distillOpen',
  'distillRun',
  'distillPause',
  'distillState',
  'distillFloor',
  'distillStudent',
  'distillDiscard',
  'distillSaved',
  'exportModel',
] as const satisfies readonly (keyof Calls)[];

type Refusals = Record<(typeof NAMES)[number], () => Promise<never>>;

/** Refusals, where there is nothing that distils. */
export const distillCalls = Object.fromEntries(
  NAMES.map((name) => [name, () => Promise.reject(refuse(`${name}() is not part of this build.`))]),
) as unknown as Refusals;
