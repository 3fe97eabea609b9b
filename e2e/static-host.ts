/** A host of plain static files, as a school has one: no headers of ours, the page under a sub-path, and it can go away. */
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { test as base } from './fixtures.ts';

/** Where the page lies on the host. */
export const SUB_PATH = '/lehre/unmask/';

const dist = new URL('../dist/', import.meta.url);

const TYPES: Record<string, string | undefined> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

export class StaticHost {
  /** Every request that came: its path from the root, and the status of the answer. */
  readonly asked: { path: string; status: number }[] = [];
  /** Files that the host has in place of those of the build, by their paths in it. */
  readonly changed = new Map<string, string>();
  #server: Server | undefined;
  #port = 0;

  /** Listen; again at the same port after `stop`. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://host');
      void this.#file(pathname).then((body) => {
        const status = body === undefined ? 404 : 200;
        this.asked.push({ path: pathname, status });
        const type = pathname.endsWith('/') ? 'text/html' : TYPES[extname(pathname)];
        response.writeHead(status, type === undefined ? {} : { 'Content-Type': type }).end(body);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}${SUB_PATH}`;
  }

  /** How often a file was asked for. */
  count(end: string): number {
    return this.asked.filter(({ path }) => path.endsWith(end)).length;
  }

  async #file(path: string): Promise<Buffer | string | undefined> {
    if (!path.startsWith(SUB_PATH)) return undefined;
    const name = path.slice(SUB_PATH.length) || 'index.html';
    return this.changed.get(name) ?? readFile(new URL(name, dist)).catch(() => undefined);
  }
}

/** Tests whose page comes from such a host. */
export const test = base.extend<{ host: StaticHost }>({
  // Playwright takes no first parameter but a pattern of fixtures; none is needed.
  host: async ({ browserName: _ }, use) => {
    const host = new StaticHost();
    await host.start();
    await use(host);
    await host.stop();
  },
  baseURL: async ({ host }, use) => {
    await use(host.url);
  },
});
