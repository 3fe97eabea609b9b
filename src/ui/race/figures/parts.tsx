/** The place of a number that is not known yet. */
export function Unknown({ wide = false }: { wide?: boolean }) {
  return (
    <span className="hatch unknown" data-wide={wide}>
      <span className="visually-hidden">not known yet</span>
    </span>
  );
}

/** Which lane a row is about. */
export function LaneName({ lane: { title, detail } }: { lane: { title: string; detail: string } }) {
  return (
    <>
      <span className="lane-title">{title}</span>
      <span className="visually-hidden">, </span> <span className="lane-detail">{detail}</span>
    </>
  );
}
