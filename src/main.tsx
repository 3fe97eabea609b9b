import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/source-serif-4/wght.css';
import './ui/styles/tokens.css';
import './ui/styles/base.css';
import './ui/styles/components.css';
import './ui/styles/hidden-controls.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { start } from './ui/actions/start.ts';
import { App } from './ui/App.tsx';
import { installConsole } from './ui/console.ts';
import { engine } from './ui/engine.ts';

installConsole(engine);
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
void start();
