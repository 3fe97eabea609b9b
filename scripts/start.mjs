// @ts-check
/** npm start: installs what is missing, builds what is out of date, serves the page and says where. */
import './node-version.mjs';
import { parseStartArguments } from './arguments.mjs';
import { ensureBuild } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { root } from './tools.mjs';

/** Takes the place of a service worker that an earlier server at this address brought in, and goes with what that kept. */
const GOES = `addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil((async () => {
  const { pathname } = new URL(registration.scope);
  await caches.delete('unmask-files ' + pathname);
  await registration.unregister();
})()));`;

/** The page is fresh with every build here: nothing of it is kept for offline. */
const withoutServiceWorker = {
  name: 'without-service-worker',
  /** @param {import('vite').PreviewServer} server */
  configurePreviewServer({ middlewares }) {
    middlewares.use('/offline.json', (_request, response) => {
      response.statusCode = 204;
      response.end();
    });
    middlewares.use('/sw.js', (_request, response) => {
      response.setHeader('Content-Type', 'text/javascript');
      response.end(GOES);
    });
  },
};

/** @returns {Promise<number>} exit status; 0 while the server keeps running */
async function start() {
  const { port, host } = parseStartArguments(process.argv.slice(2));
  if (!(await ensureDependencies())) return 1;
  const status = await ensureBuild();
  if (status !== 0) return status;

  // Imported only now: before, it may not have been installed.
  const { preview } = await import('vite');
  const wanted = port ?? 4173;
  // A busy port makes Vite try the next one.
  const server = await preview({
    root,
    logLevel: 'error',
    plugins: [withoutServiceWorker],
    preview: { port: wanted, ...(host === undefined ? {} : { host }) },
  });
  const { local = [], network = [] } = server.resolvedUrls ?? {};
  const address = new URL(local[0] ?? network[0] ?? `http://localhost:${wanted}/`);
  if (Number(address.port || 80) !== wanted) console.log(`Port ${wanted} is busy; taking ${address.port}.`);
  const others = network.filter((url) => url !== address.href);
  const also = others.length > 0 ? `, from other machines at ${others.join(' or ')}` : '';
  console.log(`Unmask runs at ${address.href}${also} (Ctrl+C stops it).`);
  return 0;
}

try {
  process.exitCode = await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
