import { describe, expect, it } from 'vitest';
import { EngineClient, type Port } from './client.ts';
import type { EngineEvent, PageView, Request } from './protocol.ts';
import type { LaneResult, RaceProgress } from './race/result.ts';
import { serve } from './serve.ts';
import { diskHost, fakeGpu, fakeNetwork } from './testing.ts';

const present: PageView = { secure: true, gpu: 'present' };

/** A worker that answers in this thread; messages are cloned as a real one would. */
function localWorker(gpu: GPU, sent: EngineEvent[] = []): Port {
  const { fetcher } = diskHost();
  const listeners = new Set<(event: MessageEvent<EngineEvent>) => void>();
  let alive = true;
  const handle = serve(
    { gpu, fetcher, createDenoiser: (_, { config }) => Promise.resolve(fakeNetwork(config)) },
    (event, transfer = []) => {
      const data = structuredClone(event, { transfer });
      sent.push(data);
      if (alive)
        listeners.forEach((listener) => {
          listener({ data } as MessageEvent<EngineEvent>);
        });
    },
  );
  return {
    postMessage: (request: Request) => {
      const copy = structuredClone(request);
      queueMicrotask(() => {
        handle(copy);
      });
    },
    addEventListener: (type: string, listener: unknown) => {
      if (type === 'message') listeners.add(listener as (event: MessageEvent<EngineEvent>) => void);
    },
    terminate: () => (alive = false),
  };
}

const connect = (page = present, gpu = fakeGpu().api) =>
  new EngineClient(
    diskHost().base,
    () => localWorker(gpu),
    () => Promise.resolve(page),
  );

describe('EngineClient', () => {
  it('answers each request with its own result', async () => {
    const client = connect();
    const [ready, logits, models, attention] = await Promise.all([
      client.call('ready', {}),
      client.call('logits', { model: 'student', tokens: [[5, 6]] }),
      client.call('models', {}),
      client.call('attention', { model: 'student', tokens: [5, 6], layer: 0, head: 1 }),
    ]);
    expect([...attention.weights]).toEqual([0, 1, 0, 1]);
    expect(ready.backend).toBe('webgpu');
    expect([logits.data[0], logits.data[4097]]).toEqual([5, 6]);
    expect(models).toHaveLength(3);
  });

  it('passes steps to who asked, progress to all, and errors with code and sentence', async () => {
    const client = connect();
    const stages = new Set<string>();
    client.onProgress(({ stage }) => stages.add(stage));
    let passes = 0;
    const run = client.call('sample', { model: 'student' }, { onStep: () => passes++ });
    expect((await run).forwardPasses).toBe(passes);
    expect([...stages]).toEqual(['fetch', 'verify']);
    await expect(client.call('sample', { model: 'nobody' })).rejects.toMatchObject({
      name: 'UnmaskError',
      code: 'unknown-model',
    });
  });

  it('tells progress to the call that follows its own, and then to nobody else', async () => {
    const client = connect();
    const [all, own] = [new Set<string>(), new Set<string>()];
    client.onProgress(({ model }) => all.add(model));
    await client.call('load', { model: 'student' }, { onProgress: ({ model }) => own.add(model) });
    await client.call('load', { model: 'teacher' });
    expect([[...all], [...own]]).toEqual([['teacher'], ['student']]);
  });

  it('tells who asked for a race of its lanes, and how far it is', async () => {
    const told: string[] = [];
    const lanes = [{ model: 'student', length: 6 }];
    const hooks = {
      onRace: ({ stage, done }: RaceProgress) => told.push(`${stage} ${done}`),
      onLane: ({ quality }: LaneResult) => told.push(quality ? 'judged' : 'timed'),
    };
    const [{ model }] = await connect().call('race', { lanes, repeats: 1, judge: null }, hooks);
    expect(model).toBe('student');
    expect(told).toEqual(['load 0', 'load 1', 'time 0', 'time 1', 'timed', 'judge 0', 'judge 1', 'judged']);
  });

  it('rejects at once when aborted, and the engine stops too', async () => {
    const sent: EngineEvent[] = [];
    const client = new EngineClient(
      diskHost().base,
      () => localWorker(fakeGpu().api, sent),
      () => Promise.resolve(present),
    );
    await client.call('load', { model: 'student' });
    const controller = new AbortController();
    const run = client.call(
      'sample',
      { model: 'student', steps: 1024 },
      {
        signal: controller.signal,
        onStep: () => {
          controller.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
    await client.call('sample', { model: 'student', steps: 1 });
    expect(sent.filter(({ type }) => type === 'failure')).toMatchObject([{ code: 'aborted' }]);
  });

  it('refuses what cannot be sent', async () => {
    const call = connect().call('sample', { model: 'student', seed: (() => 1) as never });
    await expect(call).rejects.toMatchObject({ code: 'argument' });
  });

  it('takes no GPU that the page does not have, and starts over on demand', async () => {
    const pages: PageView[] = [
      { secure: true, gpu: 'missing' },
      { secure: true, gpu: 'no-adapter' },
      present,
    ];
    const client = new EngineClient(
      diskHost().base,
      () => localWorker(fakeGpu().api),
      () => Promise.resolve(pages.shift()!),
    );
    await expect(client.call('ready', {})).rejects.toMatchObject({ message: /no WebGPU/ });
    client.restart();
    await expect(client.call('ready', {})).rejects.toMatchObject({ message: /offers no GPU/ });
    client.restart();
    expect((await client.call('ready', {})).backend).toBe('webgpu');
  });

  it('tells of a lost device', async () => {
    const gpu = fakeGpu();
    const client = connect(present, gpu.api);
    const notices: string[] = [];
    client.onNotice(({ code }) => notices.push(code));
    await client.call('ready', {});
    gpu.lose('x');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(notices).toEqual(['device-lost']);
  });
});
