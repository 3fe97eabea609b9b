import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { expect, it } from 'vitest';
import { serveHub } from './hub-server.ts';

const file = Uint8Array.from({ length: 10_000 }, (_, i) => i % 251);
const served = { 'a/b@main': { 'model.safetensors': file, 'config.json': new TextEncoder().encode('{}') } };

it('answers pages of other origins as the hub does, by https too', async () => {
  const hub = await serveHub(served, { tls: true });
  try {
    const ca = readFileSync(new URL('localhost.pem', import.meta.url));
    const answer = await new Promise<{ status: number; location: string }>((resolve, reject) => {
      request(`${hub.endpoint}/a/b/resolve/main/model.safetensors`, { ca }, ({ statusCode, headers }) => {
        resolve({ status: statusCode!, location: headers.location! });
      })
        .on('error', reject)
        .end();
    });
    expect(answer.status).toBe(302);
    expect(answer.location.startsWith(`${hub.cdn}/`)).toBe(true);
    expect(hub.cdn).toMatch(/^https:/);
    expect(hub.cdn).not.toBe(hub.endpoint);
  } finally {
    await hub.close();
  }
});

it('allows what the hub allows, and refuses leave where it is told to', async () => {
  const hub = await serveHub(served);
  try {
    const url = `${hub.endpoint}/a/b/resolve/main/model.safetensors`;
    const Origin = 'https://page.example';
    const response = await fetch(url, { headers: { Origin, Range: 'bytes=9990-' } });
    expect([response.status, response.headers.get('content-range')]).toEqual([206, 'bytes 9990-9999/10000']);
    expect(response.headers.get('access-control-allow-origin')).toBe(Origin);
    expect(response.headers.get('access-control-expose-headers')).toContain('ETag');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(file.slice(9990));
    expect((await fetch(url, { headers: { Range: 'bytes=10000-' } })).status).toBe(416);
    expect((await fetch(url, { headers: { Range: 'bytes=5-', 'If-Range': '"x"' } })).status).toBe(200);

    const leave = async () => {
      const { status, headers } = await fetch((await fetch(url)).url, {
        method: 'OPTIONS',
        headers: { Origin, 'Access-Control-Request-Headers': 'if-range, range' },
      });
      return [status, headers.get('access-control-allow-headers')];
    };
    expect(await leave()).toEqual([204, 'if-range, range']);
    hub.fault('model.safetensors', { noPreflight: true, hidden: true });
    expect(await leave()).toEqual([403, null]);
    expect((await fetch(url)).headers.has('access-control-expose-headers')).toBe(false);
  } finally {
    await hub.close();
  }
});

it('lists lengths and hashes, right ones or wrong ones', async () => {
  const hub = await serveHub(served);
  try {
    const list = async () => {
      const response = await fetch(`${hub.endpoint}/api/models/a/b/revision/main?blobs=true`);
      return ((await response.json()) as { siblings: unknown[] }).siblings;
    };
    const sha256 = createHash('sha256').update(file).digest('hex');
    const right = { rfilename: 'model.safetensors', size: 10_000, lfs: { sha256, size: 10_000 } };
    expect(await list()).toEqual([right, { rfilename: 'config.json', size: 2 }]);
    hub.fault('model.safetensors', { wrongLength: 9999, wrongHash: true });
    expect((await list())[0]).toMatchObject({ size: 9999, lfs: { sha256: '0'.repeat(64) } });
    const status = async (path: string) => (await fetch(`${hub.endpoint}/api/models/${path}`)).status;
    expect([await status('a/b/revision/v2'), await status('x/y/revision/main')]).toEqual([404, 401]);
  } finally {
    await hub.close();
  }
});
