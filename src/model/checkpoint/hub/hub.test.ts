import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnmaskError, type ErrorCode } from '../../errors.ts';
import type { Fetcher } from '../bundled.ts';
import { checkHubSource, fileUrl, listHub, modelFiles } from './hub.ts';
import type { HubListing } from './source.ts';
import { commitOf, serveHub, type HubServer } from './testing/hub-server.ts';

const config = new TextEncoder().encode('{}');
const weights = Uint8Array.from({ length: 10_000 }, (_, i) => i);
const repo = 'some-one/a.model_1';

let hub: HubServer;
beforeAll(async () => {
  hub = await serveHub({
    [`${repo}@main`]: { 'config.json': config, 'model.safetensors': weights },
    [`${repo}@refs/pr/1`]: { 'pytorch_model.bin': weights },
  });
});
afterAll(() => hub.close());

async function expectError(attempt: Promise<unknown>, code: ErrorCode, ...says: string[]): Promise<void> {
  const failure: unknown = await attempt.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UnmaskError);
  expect((failure as UnmaskError).code).toBe(code);
  for (const part of says) expect((failure as UnmaskError).message).toContain(part);
}

describe('listHub', () => {
  it('tells the commit, the files with their sizes, and hashes of large ones', async () => {
    const listing = await listHub({ repo, endpoint: `${hub.endpoint}/` });
    expect(listing).toEqual({
      ...{ repo, revision: 'main', endpoint: hub.endpoint, commit: commitOf(`${repo}@main`) },
      files: [
        { path: 'config.json', bytes: 2 },
        {
          path: 'model.safetensors',
          bytes: 10_000,
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        },
      ],
    });
    const url = fileUrl(listing, 'model.safetensors');
    expect(url).toBe(`${hub.endpoint}/${repo}/resolve/${listing.commit}/model.safetensors`);
    expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(weights);
    expect(fileUrl(listing, 'a b/c?.json')).toContain('/a%20b/c%3F.json');
  });

  it('takes revisions with slashes', async () => {
    const listing = await listHub({ repo, revision: 'refs/pr/1', endpoint: hub.endpoint });
    expect(listing.files.map(({ path }) => path)).toEqual(['pytorch_model.bin']);
  });

  it('tells apart what can go wrong', async () => {
    const { endpoint } = hub;
    const none = 'has no public model';
    await expectError(listHub({ repo: 'no/one', endpoint }), 'not-found', none, 'no/one', 'check both names');
    await expectError(listHub({ repo, revision: 'v2', endpoint }), 'not-found', none, 'a revision v2');
    await expectError(listHub({ repo, endpoint: 'http://127.0.0.1:1' }), 'network', '127.0.0.1:1', 'CORS');
    await expectError(
      listHub({ repo, endpoint }, undefined, AbortSignal.abort()),
      'aborted',
      'was cancelled',
    );
    const answer =
      (body: string, status = 200): Fetcher =>
      () =>
        Promise.resolve(new Response(body, { status }));
    await expectError(listHub({ repo }, answer('', 503)), 'network', 'huggingface.co answered 503');
    await expectError(listHub({ repo }, answer('', 429)), 'network', 'asked too often');
    await expectError(listHub({ repo }, answer('', 403)), 'not-found', 'without a login (answer 403)');
    const sha = '0'.repeat(40);
    const strange = [
      ...['<html>', 'null', '[]', '{}', `{"sha":"main","siblings":[]}`, `{"sha":"${sha}"}`],
      ...['1', 'null', '{"rfilename":"x"}', '{"rfilename":"x","size":-1}', '{"size":1}'].map(
        (file) => `{"sha":"${sha}","siblings":[${file}]}`,
      ),
    ];
    for (const body of strange) {
      await expectError(listHub({ repo }, answer(body)), 'file-format', 'does not answer as the hub does');
    }
    const gated = `{"sha":"${sha}","gated":"auto","siblings":[]}`;
    await expectError(listHub({ repo }, answer(gated)), 'not-found', `${repo} is gated`);
  });

  it('leaves out files that would not lie in the repository, and hashes that are none', async () => {
    const siblings = ['../x', '/x', 'a//b', './x', 'a/b'].map((rfilename) => ({
      ...{ rfilename, size: 1, lfs: { sha256: 'short' } },
    }));
    const body = JSON.stringify({ sha: 'a'.repeat(40), siblings });
    const listing = await listHub({ repo }, () => Promise.resolve(new Response(body)));
    expect(listing.files).toEqual([{ path: 'a/b', bytes: 1 }]);
  });
});

describe('checkHubSource', () => {
  it('fills in what is not given', () => {
    expect(checkHubSource({ repo: 'a/b' })).toEqual({
      ...{ repo: 'a/b', revision: 'main', endpoint: 'https://huggingface.co' },
    });
    expect(checkHubSource({ repo: 'a/b', endpoint: 'https://x.org/hub//' }).endpoint).toBe(
      'https://x.org/hub',
    );
  });

  it.each([
    ...['', 'b', 'a/b/c', '/b', 'a/', 'a/..', 'a/b c', '-a/b', 'a/b.', 'a/b--c', 'a/b.git', 'a/ü'],
    `a/${'b'.repeat(97)}`,
  ])('refuses %j as a repository', (name) => {
    expect(() => checkHubSource({ repo: name })).toThrow(expect.objectContaining({ code: 'argument' }));
    expect(() => checkHubSource({ repo: name })).toThrow(/^repo is ".*": give owner\/name/);
  });

  it.each(['', ' ', 'a b', '../x', 'a..b', '/a', 'a/', 'a//b', '-a', 'a^', 'a:b', 'a\\b', 'a@{1}', 'ä'])(
    'refuses %j as a revision',
    (revision) => {
      expect(() => checkHubSource({ repo: 'a/b', revision })).toThrow(/^revision is ".*": give a branch/);
    },
  );

  it.each([
    '',
    'huggingface.co',
    'ftp://x.org',
    'https://x.org/?a',
    'https://x.org/#a',
    'https://me:pw@x.org',
  ])('refuses %j as an endpoint', (endpoint) => {
    expect(() => checkHubSource({ repo: 'a/b', endpoint })).toThrow(/^endpoint is ".*": give the address/);
  });

  it('refuses what is no text', () => {
    for (const source of [{}, { repo: 1 }, { repo: 'a/b', revision: null }, { repo: 'a/b', endpoint: {} }]) {
      expect(() => checkHubSource(source as { repo: string })).toThrow(UnmaskError);
    }
  });
});

describe('modelFiles', () => {
  const listing = (...paths: string[]): HubListing => ({
    ...{ repo: 'a/b', revision: 'main', endpoint: 'https://x.org', commit: 'c' },
    files: paths.map((path) => ({ path, bytes: 1 })),
  });
  const paths = (...given: string[]) => {
    const { config, weights, index, tokenizer } = modelFiles(listing(...given));
    return [config, ...weights, index, tokenizer].map((file) => file?.path);
  };
  const [first, second] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const index = 'model.safetensors.index.json';

  it('finds one file, or shards in their order', () => {
    expect(paths('README.md', 'model.safetensors', 'config.json')).toEqual([
      ...['config.json', 'model.safetensors', undefined, undefined],
    ]);
    expect(paths(second, index, first, 'config.json', 'tokenizer.json')).toEqual([
      ...['config.json', first, second, index, 'tokenizer.json'],
    ]);
    // Where both are there, one file is simpler.
    expect(paths(first, index, 'model.safetensors', 'config.json')).toContain('model.safetensors');
  });

  it('says what there is instead', () => {
    const refusal =
      (...given: string[]) =>
      () =>
        modelFiles(listing(...given));
    expect(refusal('config.json', 'pytorch_model.bin')).toThrow(/torch\.load\('pytorch_model\.bin'/);
    expect(refusal('config.json', 'gguf')).toThrow('has no model.safetensors (it has config.json, gguf)');
    expect(refusal('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j')).toThrow(
      '(it has a, b, c, d, e, f, g, h and 2 more)',
    );
    expect(refusal()).toThrow('it has no files');
    expect(refusal('model.safetensors')).toThrow('has no config.json');
    expect(refusal(index, 'config.json')).toThrow('not all of them are there');
    expect(refusal(index, 'config.json', second)).toThrow('not all of them are there');
    expect(refusal(index, 'config.json', first)).toThrow('not all of them are there');
    expect(refusal('config.json')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});
