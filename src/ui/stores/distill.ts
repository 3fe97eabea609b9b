import { create } from 'zustand';
import type {
  DistillProgress,
  DistillRunOptions,
  DistillState,
  FloorReport,
  PhaseReport,
  SavedRun,
  TargetSlot,
} from '../../worker/distill/result.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import { firstForm, type DistillForm } from '../distill/form.ts';
import type { Failure } from './engine.ts';
import type { Task } from './self-test.ts';

type Report<P extends PhaseReport['phase']> = Extract<PhaseReport, { phase: P }>;

/** An update whose phases are told, as far as it is: of those that are not there yet nothing is known. */
export interface FollowedUpdate {
  /** From 1, over all rounds. */
  update: number;
  teacher: Report<'teacher'>[];
  targets?: Report<'targets'>;
  student?: Report<'student'>;
  change?: Report<'update'>;
  /** Whether the visitor, or slow motion, held it between two of its phases. */
  held?: boolean;
}

/** Targets and student of one text, all masked slots of it; they stay until the next ones are there. */
export interface Looked {
  update: number;
  /** Token ids x_t. */
  tokens: number[];
  slots: TargetSlot[];
}

export interface DistillViewState {
  form: DistillForm;
  /** `opening`: the teacher is loaded and the texts are prepared. `pausing`: what runs comes to its end. */
  status: 'closed' | 'opening' | 'paused' | 'running' | 'pausing';
  /** The distillation that is open. */
  state: DistillState | undefined;
  /** How far the teacher is with the texts that it writes. */
  writing: { done: number; total: number } | undefined;
  /** How far the teacher is with the targets of the held-out texts, while it draws them. */
  drawing: { done: number; total: number } | undefined;
  /** Of the open distillation's texts, where it is known. */
  vocabulary: Vocabulary | undefined;
  /** Tokens that begin each of its texts and have no slot. */
  given: 0 | 1;
  /** Updates of this visit that were held between their phases: their times are no measure. */
  waited: readonly number[];
  followed: FollowedUpdate | undefined;
  /** The phase that was told last; undefined while phases are not followed. */
  lit: { phase: PhaseReport['phase']; subStep?: number } | undefined;
  looked: Looked | undefined;
  /** Position of the slot under the microscope, where the visitor chose one. */
  position: number | undefined;
  /** Whether every phase is waited for. */
  slow: boolean;
  /** How long, ms. */
  delay: number;
  /** How far it is to go, while it runs. */
  until: DistillRunOptions['until'] | undefined;
  /** Whether what ran is paused for something else, and goes on behind it. */
  waits: boolean;
  failure: Failure | undefined;
  /** What happened that the visitor should know, in a sentence. */
  note: string | undefined;
  /** Runs in the store; undefined before they are listed. */
  saved: SavedRun[] | undefined;
  /** Measuring the floor of the round. */
  floor: Task<FloorReport>;
  /** The round that is looked at on the ladder, from 1. */
  rung: number | undefined;
}

export const initialDistillState: DistillViewState = {
  form: firstForm,
  status: 'closed',
  state: undefined,
  writing: undefined,
  drawing: undefined,
  vocabulary: undefined,
  given: 1,
  waited: [],
  followed: undefined,
  lit: undefined,
  looked: undefined,
  position: undefined,
  slow: false,
  delay: 1200,
  until: undefined,
  waits: false,
  failure: undefined,
  note: undefined,
  saved: undefined,
  floor: { state: 'idle' },
  rung: undefined,
};

/** Whether an update is under way. */
export const isAtWork = ({ status }: Pick<DistillViewState, 'status'>): boolean =>
  status === 'running' || status === 'pausing';

/** The rung that is worked on. */
export const currentRound = (state: DistillState): DistillState['rounds'][number] =>
  state.rounds[Math.min(state.round, state.rounds.length) - 1];

/** Another distillation is open: nothing of the one before it is shown. */
export function withOpened(state: DistillState): Partial<DistillViewState> {
  const { followed, lit, looked, position, until, failure, writing, drawing, floor, rung } =
    initialDistillState;
  const cleared = { followed, lit, looked, position, until, failure, writing, drawing, floor, rung };
  return { ...cleared, status: 'paused', state };
}

/** One more phase is told; the first of an update begins with nothing known of the others. */
function withPhase(view: DistillViewState, report: PhaseReport): Partial<DistillViewState> {
  const update = (view.state?.updates ?? 0) + 1;
  const first = report.phase === 'teacher' && report.subStep === 1;
  const before = view.followed;
  // Who begins to follow in the middle of an update has not seen its beginning.
  const known: FollowedUpdate = first || before?.update !== update ? { update, teacher: [] } : before;
  const held = view.slow || view.until === 'phase' || view.status === 'pausing';
  const followed: FollowedUpdate = held ? { ...known, held } : known;
  switch (report.phase) {
    case 'teacher':
      return {
        followed: { ...followed, teacher: [...followed.teacher, report] },
        lit: { phase: 'teacher', subStep: report.subStep },
      };
    case 'targets':
      return { followed: { ...followed, targets: report }, lit: { phase: 'targets' } };
    case 'student': {
      const tokens = followed.teacher.at(0)?.before;
      return {
        followed: { ...followed, student: report },
        lit: { phase: 'student' },
        ...(tokens ? { looked: { update, tokens, slots: report.slots } } : {}),
      };
    }
    case 'update':
      return { followed: { ...followed, change: report }, lit: { phase: 'update' } };
  }
}

const inRound = (
  state: DistillState,
  round: number,
  change: (round: DistillState['rounds'][number]) => DistillState['rounds'][number],
): DistillState['rounds'] => state.rounds.map((one) => (one.round === round ? change(one) : one));

/** What the state is once a report of the engine has come. */
export function withProgress(view: DistillViewState, progress: DistillProgress): Partial<DistillViewState> {
  if (progress.kind === 'writing') {
    const { done, total } = progress;
    return { writing: { done, total } };
  }
  const { state } = view;
  if (!state) return {};
  if (progress.kind === 'drawing') {
    const { done, total } = progress;
    return { drawing: done < total ? { done, total } : undefined };
  }
  switch (progress.kind) {
    case 'phase':
      return withPhase(view, progress.report);
    case 'update': {
      const { report } = progress;
      // A report that comes twice counts once.
      if (report.update <= state.updates) return {};
      const rounds = inRound(state, report.round, (round) => ({ ...round, updates: round.updates + 1 }));
      const { update: updates, round } = report;
      const held = view.followed?.update === updates && view.followed.held === true;
      return {
        state: { ...state, rounds, updates, round, history: [...state.history, report] },
        ...(held ? { waited: [...view.waited, updates] } : {}),
      };
    }
    case 'validation':
      return { state: { ...state, validation: [...state.validation, progress.report] } };
    case 'floor': {
      const { report } = progress;
      return {
        state: { ...state, rounds: inRound(state, report.round, (one) => ({ ...one, floor: report })) },
      };
    }
    case 'round':
      return { state: progress.state };
    case 'saved': {
      const { unsaved: _, ...rest } = state;
      return { state: { ...rest, savedAt: progress.at } };
    }
  }
}

/** The slot under the microscope: the one that was chosen, where it is masked in this text, else the first that is shown. */
export function lookedSlot({
  looked,
  position,
  given,
}: Pick<DistillViewState, 'looked' | 'position' | 'given'>): TargetSlot | undefined {
  // The token that begins a text may be masked too, but has no slot.
  const slots = looked?.slots.filter((slot) => slot.position >= given) ?? [];
  return slots.find((slot) => slot.position === position) ?? slots.at(0);
}

/** The Distill view. */
export const useDistill = create<DistillViewState>()(() => initialDistillState);
