import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/source-serif-4/wght.css';
import './ui/styles/tokens.css';
import './ui/styles/base.css';
import './ui/styles/header.css';
import './ui/styles/components.css';
import './ui/styles/presenting.css';
import './ui/styles/contrast.css';
import './ui/styles/hidden-controls.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PAGE_LOCK } from './offline/files.ts';
import { followContrast } from './ui/actions/contrast.ts';
import { sayLanguage } from './ui/actions/language.ts';
import { start } from './ui/actions/start.ts';
import { App } from './ui/App.tsx';
import { installConsole } from './ui/console.ts';
import { engine } from './ui/engine.ts';

sayLanguage();
installConsole(engine);
followContrast();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
const started = start();
// Only the built page is kept for offline. It waits for the first run, which has better things to do.
if (import.meta.env.PROD) {
  // Missing in insecure contexts. As long as this page is open, what it may still load is kept.
  const locks = navigator.locks as LockManager | undefined;
  void locks?.request(
    `${PAGE_LOCK}${import.meta.url}`,
    { mode: 'shared' },
    () => new Promise(() => undefined),
  );
  void started.then(async () => {
    const { followOffline } = await import('./ui/actions/offline.ts');
    await followOffline();
  });
}
