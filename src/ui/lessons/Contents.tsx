import { openLesson } from '../actions/lessons.ts';
import { panel } from '../messages/lessons/panel.ts';
import { LESSONS, useLesson } from '../stores/lesson.ts';
import { CHAPTERS } from './chapters.ts';

/** The list of lessons. */
export function Contents() {
  const answers = useLesson((state) => state.answers);
  return (
    <>
      <h2 id="lesson-title" tabIndex={-1}>
        {panel.contents.title}
      </h2>
      <p className="lesson-lead">{panel.contents.lead}</p>
      <ol className="lesson-list" role="list">
        {LESSONS.map((lesson, i) => (
          <li key={lesson}>
            <button
              type="button"
              onClick={() => {
                openLesson(lesson);
              }}
            >
              <span className="lesson-number">{i + 1}</span>
              <span>
                <strong>{CHAPTERS[lesson].words.title}</strong>
                {answers[lesson] !== undefined && (
                  <small className="lesson-answered"> ✓ {panel.contents.answered}</small>
                )}
                <span className="lesson-says">{CHAPTERS[lesson].words.says}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}
