import type { ComponentType, ReactNode } from 'react';
import { Boundary, fetched } from './components/Boundary.tsx';
import { Logo } from './components/Logo.tsx';
import { Notice } from './components/Notice.tsx';
import { Present } from './components/Present.tsx';
import { Share } from './components/Share.tsx';
import { Views } from './components/Views.tsx';
import { LESSONS_BUTTON, toggleLessons } from './actions/lessons.ts';
import { linkedViews } from './actions/link.ts';
import { restart } from './actions/retry.ts';
import { page } from './messages/page.ts';
import { onCpu, useEngine } from './stores/engine.ts';
import { useLesson } from './stores/lesson.ts';
import { usePage } from './stores/page.ts';
import { useView } from './stores/view.ts';
import { UpdateLine } from './offline/UpdateLine.tsx';
import { WatchView } from './watch/WatchView.tsx';

/** Where the model runs. */
function Status() {
  const { ready, failure } = useEngine();
  const slow = onCpu(ready);
  const state = failure ? 'stopped' : ready ? (slow ? 'software' : 'ready') : 'starting';
  const { stopped, starting, wasm, webgpu } = page.status;
  return (
    <p className="status" data-state={state} title={ready?.adapter}>
      <span className="dot" aria-hidden="true" />
      {ready?.backend === 'wasm' ? wasm : webgpu}
      <span className="separator"> · </span>
      {ready ? ready.adapter : failure ? stopped : starting}
    </p>
  );
}

/** Open the page with another backend, or with none chosen. */
function goTo(backend: 'wasm' | undefined): void {
  const url = new URL(location.href);
  url.searchParams.delete('backend');
  if (backend) url.searchParams.set('backend', backend);
  location.assign(url);
}

const toWasm = (): void => {
  goTo('wasm');
};
const toWebGpu = (): void => {
  goTo(undefined);
};

/** What is worth knowing of the backend, where it is not a GPU. */
function BackendNotice() {
  const ready = useEngine((state) => state.ready);
  if (ready?.software) {
    return (
      <Notice kind="warning" action={{ label: page.backend.useWasm, onClick: toWasm }}>
        {page.backend.software}
      </Notice>
    );
  }
  if (ready?.backend !== 'wasm') return null;
  const asked = ready.why === undefined;
  return (
    <Notice
      kind="warning"
      action={
        asked
          ? { label: page.backend.useWebGpu, onClick: toWebGpu }
          : { label: page.backend.tryWebGpu, onClick: () => void restart() }
      }
    >
      {page.backend.wasm(ready.why ?? page.backend.asked)}
    </Notice>
  );
}

/** What stands in the place of a view: a sentence, or nothing while the view is on its way. */
const inView = (sentence?: ReactNode) => <main aria-busy={sentence === undefined}>{sentence}</main>;
const inLesson = (sentence?: ReactNode) => (
  <aside className="lesson-panel" aria-label={page.lessons} aria-busy={sentence === undefined}>
    {sentence}
  </aside>
);

/** A view that is fetched when it is opened. */
const later = (fetchView: () => Promise<{ default: ComponentType }>) => fetched(fetchView, inView);

/** The same, which shows what the address asks for from the start. */
const linked = (fetchView: () => Promise<{ default: ComponentType }>) =>
  later(async () => {
    const [view] = await Promise.all([fetchView(), linkedViews()]);
    return view;
  });

// Fetched when they are opened.
const LAZY = {
  race: linked(() => import('./race/RaceView.tsx')),
  distill: linked(() => import('./distill/DistillView.tsx')),
  evaluate: linked(() => import('./evaluate/EvaluateView.tsx')),
  models: linked(() => import('./models/ModelsView.tsx')),
  'self-test': later(() => import('./self-test/SelfTestView.tsx')),
};
const LessonPanel = fetched(() => import('./lessons/LessonPanel.tsx'), inLesson);

export function App() {
  const view = useView((state) => state.view);
  const lesson = useLesson((state) => state.open);
  const { controls, presenting } = usePage();
  const Lazy = view === 'watch' ? undefined : LAZY[view];
  return (
    <div className="page" data-controls={controls} data-presenting={presenting}>
      <header>
        <div className="top">
          <Logo />
          <Views />
          <Status />
          <div className="tools">
            <button
              type="button"
              id={LESSONS_BUTTON}
              aria-expanded={lesson !== undefined}
              onClick={toggleLessons}
            >
              {page.lessons}
            </button>
            <Share />
            <Present />
          </div>
        </div>
        <BackendNotice />
        <UpdateLine />
      </header>
      <div className="desk" data-lesson={lesson !== undefined}>
        {lesson !== undefined && <LessonPanel />}
        <div className="view">
          {Lazy === undefined ? (
            <Boundary place={inView}>
              <WatchView />
            </Boundary>
          ) : (
            <Lazy />
          )}
        </div>
      </div>
    </div>
  );
}
