import { page } from '../messages/page.ts';
import { shareRunning, useModels } from '../stores/models.ts';
import { VIEWS, useView } from '../stores/view.ts';
import { ViewLink } from './ViewLink.tsx';

/** Under the tab, how far the downloads are, whatever view is open. */
function Fetching() {
  // Whole percents: the tab is drawn anew a hundred times at most.
  const done = useModels((state) => {
    const share = shareRunning(state);
    return share === undefined ? undefined : Math.floor(share * 100);
  });
  if (done === undefined) return null;
  return (
    <span
      className="tab-progress"
      role="progressbar"
      aria-label={page.views.fetching}
      aria-valuenow={done}
      title={page.views.fetchingTitle(done)}
      style={{ '--done': done / 100 } as React.CSSProperties}
    />
  );
}

/** The tabs of the page. They are links, so that a view can be opened beside another. */
export function Views() {
  const open = useView(({ view }) => view);
  return (
    <nav aria-label={page.views.label} className="views">
      {VIEWS.map((view) => (
        <ViewLink key={view} view={view} current={view === open}>
          {page.views[view]}
          {view === 'models' && <Fetching />}
        </ViewLink>
      ))}
    </nav>
  );
}
