import { useEffect, useId, useRef, useState } from 'react';
import { answer } from '../actions/lessons.ts';
import { panel } from '../messages/lessons/panel.ts';
import { sources } from '../messages/lessons/sources.ts';
import { useLesson, type LessonId } from '../stores/lesson.ts';
import type { Chapter } from './chapters.ts';
import { ADDRESSES } from './sources.ts';

/** What the lesson rests on. */
function Sources({ ids }: { ids: Chapter['sources'] }) {
  const id = useId();
  return (
    <section className="lesson-sources" aria-labelledby={id}>
      <h3 id={id}>{sources.label}</h3>
      <ul role="list">
        {ids.map((source) => (
          <li key={source}>
            <a href={ADDRESSES[source]} target="_blank" rel="noreferrer">
              {sources[source]}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The question of a lesson. What is right is not told before the class has answered. */
export function Question({
  lesson,
  chapter: {
    words: { question },
    right,
    sources: ids,
  },
}: {
  lesson: LessonId;
  chapter: Chapter;
}) {
  const given = useLesson((state) => state.answers[lesson]);
  const [choice, setChoice] = useState(given);
  const [missing, setMissing] = useState(false);
  const id = useId();
  const answered = given !== undefined;
  const told = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (answered || missing) told.current?.scrollIntoView({ block: 'nearest' });
  }, [answered, missing]);
  const shown = given ?? choice;
  const verdict = given === right ? panel.question.right : panel.question.wrong(question.choices[right]);
  return (
    <>
      <form
        className="lesson-question"
        onSubmit={(event) => {
          event.preventDefault();
          if (answered) {
            answer(lesson, undefined);
            setChoice(undefined);
          } else if (choice === undefined) setMissing(true);
          else answer(lesson, choice);
        }}
      >
        <fieldset>
          <legend>{question.asks}</legend>
          {question.choices.map((text, i) => (
            <label
              key={text}
              className="lesson-choice"
              data-verdict={
                answered ? (i === right ? 'right' : i === given ? 'wrong' : undefined) : undefined
              }
            >
              <input
                type="radio"
                name={id}
                checked={shown === i}
                // An answer that is shown stays, until it is asked for again.
                disabled={answered && i !== given}
                onChange={() => {
                  setChoice(i);
                  setMissing(false);
                }}
              />
              <span>{text}</span>
              {answered && i === right && <span aria-hidden="true">✓</span>}
              {answered && i === given && i !== right && <span aria-hidden="true">✗</span>}
            </label>
          ))}
        </fieldset>
        {/* One button throughout, so that whoever pressed it keeps the focus. */}
        <button type="submit">{answered ? panel.question.again : panel.question.check}</button>
      </form>
      <div className="lesson-verdict" role="status" ref={told}>
        {answered && (
          <p>
            <strong>{verdict}</strong> {question.why}
          </p>
        )}
        {missing && <p>{panel.question.choose}</p>}
      </div>
      <Sources ids={ids} />
    </>
  );
}
