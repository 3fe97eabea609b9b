/**
 * A hub for tests, in Node: lists repositories, sends what is large to a second origin, answers ranges, and fails as hubs,
 * CDNs and connections do. With https for pages, whose policy allows nothing else.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A file whose bytes are made as they are asked for. */
export interface ServedFile {
  bytes: number;
  read(begin: number, end: number): Uint8Array | Promise<Uint8Array>;
}

/** Files by path. */
export type Served = Readonly<Record<string, Uint8Array | ServedFile>>;

/** What goes wrong with a file. */
export interface Faults {
  /** So many answers are faulty, then none (default: all). `wrongLength` and `wrongHash` are of the listing: they stay. */
  times?: number;
  /** Answer this instead of the file. */
  status?: number;
  /** The connection breaks behind so many bytes of an answer. */
  breakAfter?: number;
  /** Nothing more comes behind so many bytes of an answer. */
  stallAfter?: number;
  /** Bytes a second. */
  slow?: number;
  /** Ranges are not heard. */
  noRanges?: boolean;
  /** What asks for leave first (any header but a plain Range) gets none. */
  noPreflight?: boolean;
  /** ETag and Content-Range are not for other pages to read. */
  hidden?: boolean;
  /** The file has another ETag now. */
  etag?: string;
  /** The listing says another length. */
  wrongLength?: number;
  /** The listing says another SHA-256. */
  wrongHash?: boolean;
}

/** An answer that was given, but to those who ask for leave. */
export interface Answered {
  origin: 'hub' | 'cdn';
  path: string;
  range?: string;
  ifRange?: string;
  status: number;
}

export interface HubServer {
  endpoint: string;
  /** Origin of what is large. */
  cdn: string;
  /** In order. */
  answered: Answered[];
  /** From now on; no faults without any. */
  fault(path: string, faults?: Faults): void;
  close(): Promise<void>;
}

/** Files of more bytes than this go by the CDN. */
const LARGE = 4096;
const CHUNK = 65_536;

const asFile = (file: Uint8Array | ServedFile): ServedFile =>
  file instanceof Uint8Array ? { bytes: file.length, read: (begin, end) => file.subarray(begin, end) } : file;

async function hashOf(file: ServedFile): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < file.bytes; at += 1 << 20) {
    hash.update(await file.read(at, Math.min(file.bytes, at + (1 << 20))));
  }
  return hash.digest('hex');
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** When there is room for more, or nobody left who wants it. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
    if (response.destroyed) done();
  });
}

/** The commit of a revision: any 40 digits, the same for the same name. */
export const commitOf = (name: string): string => createHash('sha1').update(name).digest('hex');

async function listen(handler: RequestListener, tls: boolean) {
  const pem = tls ? readFileSync(new URL('localhost.pem', import.meta.url)) : undefined;
  const server = pem ? createTlsServer({ key: pem, cert: pem }, handler) : createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, close };
}

/**
 * Serve repositories until closed.
 * @param repositories by `owner/name@revision`
 */
export async function serveHub(
  repositories: Readonly<Record<string, Served>>,
  { tls = false }: { tls?: boolean } = {},
): Promise<HubServer> {
  const faults = new Map<string, Faults & { left: number }>();
  const answered: Answered[] = [];
  const hashes = new Map<string, Promise<string>>();
  const byCommit = new Map(
    Object.keys(repositories).map((name) => [`${name.split('@')[0]}@${commitOf(name)}`, name]),
  );

  const hash = (name: string, path: string, file: ServedFile): Promise<string> => {
    const key = `${name}/${path}`;
    if (!hashes.has(key)) hashes.set(key, hashOf(file));
    return hashes.get(key)!;
  };
  /** The file's faults, for one more answer. */
  const takeFaults = (path: string): Faults => {
    const known = faults.get(path);
    if (!known || known.left === 0) return {};
    known.left -= 1;
    return known;
  };

  const allow = (request: IncomingMessage, response: ServerResponse, hidden = false): void => {
    response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
    response.setHeader('Vary', 'Origin');
    if (hidden) return;
    response.setHeader('Access-Control-Expose-Headers', 'ETag, Accept-Ranges, Content-Range, X-Error-Code');
  };
  const refuse = (response: ServerResponse, status: number, code?: string): void => {
    if (code) response.setHeader('X-Error-Code', code);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: 'No.' }));
  };
  /** Browsers ask for leave before headers out of the ordinary. */
  const preflight = (request: IncomingMessage, response: ServerResponse, path: string): boolean => {
    if (request.method !== 'OPTIONS') return false;
    if (faults.get(path)?.noPreflight) {
      refuse(response, 403);
      return true;
    }
    allow(request, response);
    response.setHeader(
      'Access-Control-Allow-Headers',
      request.headers['access-control-request-headers'] ?? '',
    );
    response.setHeader('Access-Control-Allow-Methods', 'GET');
    response.writeHead(204).end();
    return true;
  };

  /** Answer with a file, or what a range asks of it. */
  async function send(
    origin: Answered['origin'],
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    file: ServedFile,
    etag: string,
  ): Promise<void> {
    const fault = takeFaults(path);
    allow(request, response, fault.hidden);
    const { range, 'if-range': ifRange } = request.headers;
    const note = (status: number): void => {
      const asked = {
        ...(range !== undefined && { range }),
        ...(typeof ifRange === 'string' && { ifRange }),
      };
      answered.push({ origin, path, ...asked, status });
    };
    if (fault.status !== undefined) {
      note(fault.status);
      refuse(response, fault.status);
      return;
    }
    const tag = fault.etag ?? etag;
    let [begin, end, status] = [0, file.bytes, 200];
    const asked = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
    if (asked && !fault.noRanges && (ifRange === undefined || ifRange === tag)) {
      begin = Number(asked[1]);
      end = asked[2] ? Math.min(file.bytes, Number(asked[2]) + 1) : file.bytes;
      status = begin < file.bytes ? 206 : 416;
    }
    note(status);
    if (status === 416) {
      response.setHeader('Content-Range', `bytes */${file.bytes}`);
      refuse(response, 416);
      return;
    }
    if (status === 206) response.setHeader('Content-Range', `bytes ${begin}-${end - 1}/${file.bytes}`);
    if (!fault.noRanges) response.setHeader('Accept-Ranges', 'bytes');
    response.writeHead(status, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': end - begin,
      ETag: tag,
    });
    response.flushHeaders();
    const { breakAfter = Infinity, stallAfter = Infinity, slow } = fault;
    const last = Math.min(end, begin + breakAfter, begin + stallAfter);
    for (let at = begin; at < last && !response.destroyed;) {
      const to = Math.min(last, at + Math.min(CHUNK, slow ? Math.ceil(slow / 20) : CHUNK));
      const more = response.write(await file.read(at, to));
      if (!more) await drained(response);
      if (slow) await sleep(50);
      at = to;
    }
    if (last === end) response.end();
    else if (last === begin + breakAfter) {
      // Clients drop what they have not read when a connection breaks: give one in this very process its turns to read.
      await sleep(20);
      setImmediate(() => setImmediate(() => response.destroy()));
    }
  }

  async function list(response: ServerResponse, name: string): Promise<void> {
    const siblings = Object.entries(repositories[name]).map(async ([path, served]) => {
      const file = asFile(served);
      const { wrongLength: size = file.bytes, wrongHash } = faults.get(path) ?? {};
      if (file.bytes <= LARGE) return { rfilename: path, size };
      const sha256 = wrongHash ? '0'.repeat(64) : await hash(name, path, file);
      return { rfilename: path, size, lfs: { sha256, size } };
    });
    const answer = {
      id: name.split('@')[0],
      sha: commitOf(name),
      gated: false,
      siblings: await Promise.all(siblings),
    };
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  }

  /** The file at `/owner/name/resolve/commit or revision/path`. */
  function resolve(path: string) {
    const match = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    if (!match) return undefined;
    const [, repo, revision, filePath] = match.map(decodeURIComponent);
    const name = byCommit.get(`${repo}@${revision}`) ?? `${repo}@${revision}`;
    const files: Served | undefined = (repositories as Partial<typeof repositories>)[name];
    const served: Served[string] | undefined = files && (files as Partial<Served>)[filePath];
    return served && { name, path: filePath, file: asFile(served) };
  }

  const cdn = await listen((request, response) => {
    const url = new URL(request.url!, 'http://cdn');
    const found = resolve(decodeURIComponent(url.searchParams.get('of') ?? ''));
    if (!found) {
      refuse(response, 403);
      return;
    }
    if (preflight(request, response, found.path)) return;
    const etag = `"${commitOf(found.name + found.path)}"`;
    void send('cdn', request, response, found.path, found.file, etag);
  }, tls);

  let signatures = 0;
  const hub = await listen((request, response) => {
    const { pathname } = new URL(request.url!, 'http://hub');
    const found = resolve(pathname);
    if (preflight(request, response, '')) return;
    allow(request, response);
    const listed = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/([^/]+)$/.exec(pathname);
    if (listed) {
      const name = `${listed[1]}@${decodeURIComponent(listed[2])}`;
      const known = Object.keys(repositories).some((other) => other.startsWith(`${listed[1]}@`));
      if (name in repositories) void list(response, name);
      else refuse(response, known ? 404 : 401, known ? 'RevisionNotFound' : 'RepoNotFound');
    } else if (!found) {
      refuse(response, 404, 'EntryNotFound');
    } else if (found.file.bytes > LARGE) {
      signatures += 1;
      const of = encodeURIComponent(pathname);
      response.writeHead(302, { Location: `${cdn.origin}/f?of=${of}&signature=${signatures}` }).end();
    } else {
      void send('hub', request, response, found.path, found.file, `"${commitOf(found.path)}"`);
    }
  }, tls);

  return {
    endpoint: hub.origin,
    cdn: cdn.origin,
    answered,
    fault: (path, fault) => {
      if (fault) faults.set(path, { ...fault, left: fault.times ?? Infinity });
      else faults.delete(path);
    },
    close: async () => {
      await Promise.all([hub.close(), cdn.close()]);
    },
  };
}
