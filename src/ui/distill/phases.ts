/** The phases of one update as the view shows them: slots and words, of one text of the batch. */
import type { DistillState } from '../../worker/distill/result.ts';
import { distillPhases as says } from '../messages/distill.ts';
import { losses } from '../messages/distill-figures.ts';
import type { DistillViewState, FollowedUpdate } from '../stores/distill.ts';
import { fixed } from '../../words/numbers.ts';
import { LOSSES, lossKind, lossText } from './sentence.ts';

/** A slot in a phase. `target`: it holds a target, from the sub-step that its mark names. */
export interface Cell {
  look: 'unknown' | 'masked' | 'new' | 'known' | 'target';
  mark?: string;
  /** How far the student is off there, 0 to 1 of the most in this text. */
  heat?: number;
}

export interface PhaseBox {
  key: string;
  title: string;
  /** `on`: the phase that was told last. */
  state: 'waiting' | 'done' | 'on';
  cells: Cell[];
  words: string;
  /** The words where a phase is one of many, and has little room. */
  short?: string;
  /** The gradient's norm, where the phase has one. */
  gradient?: { norm: number; clip: number; clipped: boolean };
}

interface Text {
  /** Tokens that begin the text and have no slot. */
  given: 0 | 1;
  maskId: number;
}

/** Slots after a sub-step of the teacher. */
function afterStep(before: readonly number[], after: readonly number[], maskId: number): Cell[] {
  return after.map((token, i) => ({
    look: token === maskId ? 'masked' : before[i] === maskId ? 'new' : 'known',
  }));
}

/** "7 from sub-step 1, 9 from sub-step 2, 3 masked still: target from sub-step 2": slots that the last did not unmask. */
export function targetWords(
  subSteps: readonly number[],
  m: number,
  after: readonly number[] | undefined,
  maskId: number,
): string {
  const counts = Array.from({ length: m }, (_, i) => subSteps.filter((step) => step === i + 1).length);
  const still = after?.filter((token) => token === maskId).length ?? 0;
  const { each, all, still: kept } = says.targets;
  return still > 0 ? kept(m > 2 ? all(counts) : each(counts), still, m) : m > 2 ? all(counts) : each(counts);
}

/** Cells of an update that is followed, by phase. */
function teacherBox(
  followed: FollowedUpdate | undefined,
  index: number,
  text: Text,
): Pick<PhaseBox, 'words' | 'short'> & { cells?: Cell[] } {
  const step = followed?.teacher.find(({ subStep }) => subStep === index + 1);
  if (!step) return { words: says.resting.teacher };
  const cells = afterStep(step.before, step.after, text.maskId);
  const fresh = cells.slice(text.given).filter(({ look }) => look === 'new').length;
  const { timeOut, unmasks, short } = says.teacher;
  return {
    cells,
    // A batch has times of its own; a text whose time is up waits for the others.
    words: step.t < 0.005 ? timeOut(fresh) : unmasks(fresh, fixed(step.t, 2), fixed(Math.max(0, step.s), 2)),
    short: short(fresh),
  };
}

/** The mask of an update that is followed, where no vocabulary tells: what a slot with a target held. -1 before the targets. */
export function maskOf(followed: FollowedUpdate | undefined): number {
  const at = followed?.targets?.subSteps.findIndex((subStep) => subStep > 0) ?? -1;
  return at < 0 ? -1 : (followed?.teacher.at(0)?.before[at] ?? -1);
}

/** The boxes of an update, in their order: m sub-steps of the teacher, targets, student, update. */
export function phaseBoxes(
  { options }: { options: Pick<DistillState['options'], 'm' | 'clip' | 'length' | 'loss'> },
  { followed, lit }: Pick<DistillViewState, 'followed' | 'lit'>,
  text: Text,
): PhaseBox[] {
  const { m, clip, length } = options;
  const { maskId, given } = text;
  const waiting: Cell[] = Array.from({ length }, () => ({ look: 'unknown' }));
  const first = followed?.teacher.at(0);
  const last = followed?.teacher.at(-1);
  const boxes: (Omit<PhaseBox, 'state' | 'cells'> & { told: boolean; on: boolean; cells?: Cell[] })[] =
    Array.from({ length: m }, (_, i) => ({
      key: `teacher ${i + 1}`,
      title: m === 1 ? says.names.onlyStep : (says.names.firstSteps.at(i) ?? says.names.step(i + 1)),
      told: followed?.teacher.some(({ subStep }) => subStep === i + 1) === true,
      on: lit?.phase === 'teacher' && lit.subStep === i + 1,
      ...teacherBox(followed, i, text),
    }));
  const { targets, student, change } = followed ?? {};
  boxes.push({
    key: 'targets',
    title: says.names.targets,
    told: targets !== undefined,
    on: lit?.phase === 'targets',
    words: targets
      ? targetWords(targets.subSteps.slice(given), m, last?.after.slice(given), maskId)
      : says.resting.targets,
    ...(targets && {
      cells: targets.subSteps.map((step): Cell =>
        step === 0 ? { look: 'known' } : { look: 'target', mark: String(step) },
      ),
    }),
  });
  const shown = student?.slots.filter(({ position }) => position >= given) ?? [];
  const most = Math.max(...shown.map(({ divergence }) => divergence), 1e-9);
  boxes.push({
    key: 'student',
    title: says.names.student,
    told: student !== undefined,
    on: lit?.phase === 'student',
    words: student
      ? says.student(losses.words[lossKind(options.loss)], lossText(student.loss), LOSSES[options.loss].unit)
      : says.resting.student,
    ...(student && {
      cells: waiting.map((_, position): Cell => {
        const slot = student.slots.find((one) => one.position === position);
        if (slot) return { look: 'target', heat: Math.max(0, slot.divergence / most) };
        return { look: first?.before[position] === maskId ? 'masked' : 'known' };
      }),
    }),
  });
  boxes.push({
    key: 'update',
    title: says.names.update,
    told: change !== undefined,
    on: lit?.phase === 'update',
    words: change
      ? change.clipped
        ? says.updateClipped(lossText(change.gradientNorm), lossText(clip))
        : says.update(lossText(change.gradientNorm))
      : says.resting.update,
    cells: [],
    ...(change && { gradient: { norm: change.gradientNorm, clip, clipped: change.clipped } }),
  });
  return boxes.map(({ told, on, cells = waiting, ...box }) => ({
    ...box,
    state: on ? 'on' : told ? 'done' : 'waiting',
    cells: cells.slice(given),
  }));
}

/** Sub-steps of the teacher that are shown as phases like all others; more of them share one card. */
const MOST_APART = 4;

/** The sub-steps that share a card, if there are so many, and the phases that have one each. */
export function phaseGroups(boxes: readonly PhaseBox[]): {
  rail: readonly PhaseBox[];
  apart: readonly PhaseBox[];
} {
  const count = boxes.filter(({ key }) => key.startsWith('teacher')).length;
  return count > MOST_APART
    ? { rail: boxes.slice(0, count), apart: boxes.slice(count) }
    : { rail: [], apart: boxes };
}

/** The phase that was told last, in a sentence to be read out. */
export function phaseSentence(boxes: readonly PhaseBox[]): string {
  const on = boxes.find(({ state }) => state === 'on');
  return on ? says.says(on.title, on.words) : '';
}
