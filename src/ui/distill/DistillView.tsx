/** How is a student made? */
export default function DistillView() {
  return (
    <main className="distill">
      <h1>Distill</h1>
    </main>
  );
}
