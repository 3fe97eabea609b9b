import './lessons.css';
import { useCallback, useEffect, useRef, useState } from 'react';
import { closeLessons, openLesson, settle, takesFocus, turn } from '../actions/lessons.ts';
import { panel } from '../messages/lessons/panel.ts';
import { Rich } from '../messages/Rich.tsx';
import { LESSONS, useLesson, type LessonId } from '../stores/lesson.ts';
import { CHAPTERS, partsOf } from './chapters.ts';
import { Contents } from './Contents.tsx';
import { PartView } from './PartView.tsx';
import { Question } from './Question.tsx';

/** Whether the focused element wants the page keys for itself: a list that scrolls, a slider, a text. */
const isTaken = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input:not([type=radio]), textarea, select, [contenteditable], [role=slider]') !== null;

/** Page Up and Page Down, which presenters send, turn the parts of a lesson. */
function usePageKeys(onTurn: (by: 1 | -1) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const by = ({ PageDown: 1, PageUp: -1 } as const)[event.key];
      if (by === undefined || event.defaultPrevented || isTaken(event.target)) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const { open } = useLesson.getState();
      if (open === undefined || open === 'contents') return;
      event.preventDefault();
      onTurn(by);
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, [onTurn]);
}

/** Back and Next, and behind the question the next lesson. */
function Moves({ lesson, part, onTurn }: { lesson: LessonId; part: number; onTurn: (by: 1 | -1) => void }) {
  const number = LESSONS.indexOf(lesson);
  const parts = partsOf(lesson);
  const next = LESSONS[number + 1] as LessonId | undefined;
  const last = part === parts - 1;
  return (
    <nav className="lesson-moves" aria-label={panel.moves}>
      <button
        type="button"
        // It keeps the focus while it leads nowhere.
        aria-disabled={number === 0 && part === 0}
        onClick={() => {
          onTurn(-1);
        }}
      >
        {panel.back}
      </button>
      <span className="lesson-place" aria-hidden="true">
        {panel.place(part + 1, parts)}
      </span>
      {last && next === undefined ? (
        <button
          type="button"
          className="primary"
          onClick={() => {
            openLesson('contents');
          }}
        >
          {panel.all}
        </button>
      ) : (
        <button
          type="button"
          className="primary"
          onClick={() => {
            onTurn(1);
          }}
        >
          {last && next !== undefined ? panel.nextLesson(CHAPTERS[next].words.title) : panel.next}
        </button>
      )}
      <p className="keys">
        <Rich text={panel.keys} parts={{ kbd: (key) => <kbd>{key}</kbd> }} />
      </p>
    </nav>
  );
}

/** One part of a lesson, or its question. */
function Chapter({
  lesson,
  part,
  onTurn,
  onFold,
}: {
  lesson: LessonId;
  part: number;
  onTurn: (by: 1 | -1) => void;
  onFold: () => void;
}) {
  const { words, parts } = CHAPTERS[lesson];
  const shown = parts[part] as (typeof parts)[number] | undefined;
  return (
    <>
      <h2 id="lesson-title" tabIndex={-1}>
        <span className="visually-hidden">{panel.placeIn(words.title, part + 1, partsOf(lesson))}</span>
        {shown ? shown.words.title : panel.question.title}
      </h2>
      {shown ? (
        <PartView key={`${lesson} ${part}`} part={shown} onFold={onFold} />
      ) : (
        <Question key={lesson} lesson={lesson} chapter={CHAPTERS[lesson]} />
      )}
      <Moves {...{ lesson, part, onTurn }} />
    </>
  );
}

/** The lesson beside the view, or the list of lessons. */
export default function LessonPanel() {
  const { open, part } = useLesson();
  // Only where it stands above the view; beside it there is room.
  const [folded, setFolded] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const lesson = open === 'contents' ? undefined : open;
  // Of a link, until it is settled.
  const shown = lesson ? Math.min(part, partsOf(lesson) - 1) : 0;
  useEffect(() => {
    settle(partsOf);
  }, [open, part]);
  useEffect(() => {
    body.current?.scrollTo(0, 0);
    if (takesFocus()) document.getElementById('lesson-title')?.focus({ preventScroll: true });
  }, [open, part]);
  const onTurn = useCallback((by: 1 | -1): void => {
    setFolded(false);
    turn(by, partsOf);
  }, []);
  usePageKeys(onTurn);
  const fold = useRef<HTMLButtonElement>(null);
  const onFold = (): void => {
    // Beside the view there is nothing to fold, and the button is not shown.
    if (fold.current?.checkVisibility() !== true) return;
    setFolded(true);
    fold.current.focus({ preventScroll: true });
  };
  return (
    <aside
      className="lesson-panel"
      aria-labelledby="lesson-title"
      data-folded={folded}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        // One key, one thing: what else it would close stays open.
        event.preventDefault();
        closeLessons();
      }}
    >
      <div className="lesson-head">
        <p className="lesson-chapter">
          {lesson
            ? `${panel.number(LESSONS.indexOf(lesson) + 1)} · ${CHAPTERS[lesson].words.title}`
            : folded && panel.contents.title}
        </p>
        {lesson && (
          <button
            type="button"
            className="small"
            onClick={() => {
              setFolded(false);
              openLesson('contents');
            }}
          >
            {panel.all}
          </button>
        )}
        <button
          type="button"
          className="small lesson-fold"
          ref={fold}
          aria-expanded={!folded}
          onClick={() => {
            setFolded(!folded);
          }}
        >
          {folded ? panel.unfold : panel.fold}
        </button>
        <button type="button" className="small" onClick={closeLessons}>
          {panel.close}
        </button>
      </div>
      <div className="lesson-body" ref={body}>
        {lesson ? <Chapter {...{ lesson, part: shown, onTurn, onFold }} /> : <Contents />}
      </div>
    </aside>
  );
}
