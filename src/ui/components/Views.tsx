import { VIEWS, useView, type View } from '../stores/view.ts';

const NAMES: Record<View, string> = {
  watch: 'Watch',
  race: 'Race',
  distill: 'Distill',
  'self-test': 'Self-test',
};

/** The tabs of the page. They are links, so that a view can be opened beside another. */
export function Views() {
  const open = useView(({ view }) => view);
  return (
    <nav aria-label="Views" className="views">
      {VIEWS.map((view) => (
        <a
          key={view}
          href={`#v=1&view=${view}`}
          aria-current={view === open ? 'page' : undefined}
          onClick={(event) => {
            // Here the view changes and everything else stays; the address follows.
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            useView.setState({ view });
          }}
        >
          {NAMES[view]}
        </a>
      ))}
    </nav>
  );
}
