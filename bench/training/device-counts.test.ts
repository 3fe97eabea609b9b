import { describe, expect, it } from 'vitest';
import { countsBetween, watchDevice, type DeviceCounts } from './device-counts.ts';

/** A device that does nothing, with the methods of the real one on a prototype. */
class StubDevice {
  readonly submitted: unknown[] = [];
  readonly queue = {
    submit: (buffers: unknown) => {
      this.submitted.push(buffers);
    },
    writeBuffer: () => undefined,
  };
  createBuffer({ size }: { size: number }) {
    return { size, destroy: () => undefined, mapAsync: () => Promise.resolve('mapped') };
  }
  createBindGroup() {
    return 'bind group';
  }
  createComputePipelineAsync() {
    return Promise.resolve('pipeline');
  }
  createCommandEncoder() {
    return {
      copyBufferToBuffer: () => undefined,
      clearBuffer: () => undefined,
      beginComputePass: () => ({ dispatchWorkgroups: () => undefined, end: () => undefined }),
      finish: () => 'commands',
    };
  }
}

const zero: DeviceCounts = {
  ...{ dispatches: 0, passes: 0, submits: 0, bindGroups: 0, pipelines: 0 },
  ...{ buffers: 0, writes: 0, copies: 0, readBacks: 0 },
};

function watched() {
  const stub = new StubDevice();
  const device = stub as unknown as GPUDevice;
  return { stub, device, watch: watchDevice(device) };
}

const STORAGE = 0x80;

describe('a watched device', () => {
  it('is counted call by call, and does what it did', async () => {
    const { stub, device, watch } = watched();
    expect(watch.counts()).toEqual(zero);
    const encoder = device.createCommandEncoder();
    for (const dispatches of [2, 1]) {
      const pass = encoder.beginComputePass();
      for (let i = 0; i < dispatches; i++) pass.dispatchWorkgroups(1);
      pass.end();
    }
    const buffer = device.createBuffer({ size: 16, usage: STORAGE });
    encoder.copyBufferToBuffer(buffer, 0, buffer, 8, 8);
    encoder.clearBuffer(buffer);
    device.queue.writeBuffer(buffer, 0, new Float32Array(4));
    device.queue.submit([encoder.finish()]);
    device.createBindGroup({} as GPUBindGroupDescriptor);
    expect(await device.createComputePipelineAsync({} as GPUComputePipelineDescriptor)).toBe('pipeline');
    await expect(buffer.mapAsync(1)).resolves.toBe('mapped');
    expect(stub.submitted).toEqual([['commands']]);
    expect(watch.counts()).toEqual({
      ...{ dispatches: 3, passes: 2, submits: 1, bindGroups: 1, pipelines: 1 },
      ...{ buffers: 1, writes: 1, copies: 2, readBacks: 1 },
    });
  });

  it('tells writes by mapping from reads by mapping', async () => {
    const { device, watch } = watched();
    const buffer = device.createBuffer({ size: 4, usage: STORAGE, mappedAtCreation: true });
    await buffer.mapAsync(2);
    expect(watch.counts()).toEqual({ ...zero, buffers: 1, writes: 1 });
  });

  it('knows the most memory that was alive at once, and counts a destroyed buffer once', () => {
    const { device, watch } = watched();
    const make = (size: number) => device.createBuffer({ size, usage: STORAGE });
    const [first] = [make(100), make(10)];
    first.destroy();
    first.destroy();
    expect([watch.bytes, watch.peakBytes]).toEqual([10, 110]);
    make(50);
    expect([watch.bytes, watch.peakBytes]).toEqual([60, 110]);
    make(100);
    expect(watch.peakBytes).toBe(160);
  });

  it('has its own methods back in the end', () => {
    const { stub, device, watch } = watched();
    device.queue.submit([]);
    watch.stop();
    device.queue.submit([]);
    device.createBuffer({ size: 4, usage: STORAGE });
    expect(watch.counts()).toEqual({ ...zero, submits: 1 });
    expect(stub.submitted).toHaveLength(2);
    expect(Object.keys(stub)).toEqual(Object.keys(new StubDevice()));
    expect(Object.hasOwn(stub, 'createBuffer')).toBe(false);
  });

  it('leaves moments alone that were looked at before', () => {
    const { device, watch } = watched();
    device.queue.submit([]);
    const before = watch.counts();
    device.queue.submit([]);
    device.queue.submit([]);
    expect(countsBetween(before, watch.counts())).toEqual({ ...zero, submits: 2 });
  });
});
