import { useEffect, useRef } from 'react';
import { enterModels, lookElsewhere } from '../actions/model-store.ts';
import { useCalm } from '../components/calm.ts';
import { Failures } from '../components/Failures.tsx';
import { models as words } from '../messages/models.ts';
import { useEngine } from '../stores/engine.ts';
import { OfflineCard } from '../offline/OfflineCard.tsx';
import { elsewhere, saysBusy, useModels } from '../stores/models.ts';
import { OpenFiles } from '../watch/OpenFiles.tsx';
import { Downloads } from './Downloads.tsx';
import { HereNow } from './HereNow.tsx';
import { HubPicker } from './HubPicker.tsx';
import { PreflightCard } from './PreflightCard.tsx';
import { downloadsSpoken, headline } from './words.ts';
// After the parts' own: what it says of screen widths goes before what they say.
import './models.css';

/** What other tabs and other views did to the store is seen when this one is looked at. */
function useFreshStore(): void {
  const known = useEngine(({ models, ready }) => ready !== undefined && models.length > 0);
  useEffect(() => {
    if (!known) return undefined;
    void enterModels();
    const again = (): void => {
      if (!document.hidden) void enterModels();
    };
    document.addEventListener('visibilitychange', again);
    return () => {
      document.removeEventListener('visibilitychange', again);
    };
  }, [known]);
}

/** How often another tab's download is looked at, ms. */
const LOOK_EVERY = 3000;

/** Another tab tells nothing: while it fetches, the store is asked. */
function useOtherTabs(): void {
  const busy = useModels((state) => elsewhere(state).length > 0 || saysBusy(state));
  useEffect(() => {
    if (!busy) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) void lookElsewhere();
    }, LOOK_EVERY);
    return () => {
      clearInterval(timer);
    };
  }, [busy]);
}

const said = ({ title }: { title: string }): string => words.opened(title);

/** Which models are there, and which could be? */
export default function ModelsView() {
  useFreshStore();
  useOtherTabs();
  const failure = useModels((state) => state.failure);
  const models = useEngine((state) => state.models);
  const store = useModels((state) => state.store);
  const spoken = useModels(({ downloads }) => downloadsSpoken(downloads));
  const calm = useCalm(spoken, false);
  const page = useRef<HTMLElement>(null);
  return (
    // The focus comes here when what had it is gone.
    <main className="models" ref={page} tabIndex={-1}>
      <h1 className="visually-hidden">{words.title}</h1>
      <div className="headline">
        <p className="sentence" tabIndex={-1}>
          {headline(models, store)}
        </p>
        <p className="lead">{words.lead}</p>
        <p className="visually-hidden" role="status" data-announces="downloads">
          {calm}
        </p>
      </div>
      <Failures
        failure={failure}
        onAct={() => {
          page.current?.focus();
          useModels.setState({ failure: undefined });
        }}
        onRetry={() => void enterModels()}
      />
      <HereNow />
      <div className="models-hub">
        <HubPicker />
        <div className="models-side">
          <PreflightCard />
          <Downloads />
        </div>
        <OpenFiles says={said}>
          <p className="hint">{words.openedStays}</p>
        </OpenFiles>
      </div>
      <OfflineCard />
    </main>
  );
}
