/** The lesson beside the view, or the list of lessons. */
export default function LessonPanel() {
  return <aside className="lesson-panel" />;
}
