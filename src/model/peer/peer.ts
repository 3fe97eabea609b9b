/**
 * onnxruntime-web on WebGPU as a peer of our kernels, at its best: one graph for one shape, captured in its first run and
 * replayed from then on, its inputs and logits in buffers of our device. Between the passes of a run our kernel draws the
 * tokens where the logits lie, and the CPU waits for nothing.
 */
import type * as Ort from 'onnxruntime-web';
import { StagingRing, type Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { Launch } from '../../gpu/kernel.ts';
import { SELECTION_BYTES, SELECTION_STRIDE, selectionUniforms } from '../../gpu/kernels/gemm/gemm.ts';
import { ARGMAX_ROW, decodeDrawn, DRAWN_BYTES, SAMPLE_NUCLEUS } from '../../gpu/kernels/sample/sample.ts';
import { readBuffer, submit } from '../../gpu/recorder.ts';
import { refuse } from '../arguments.ts';
import { checkTokens, requireDiffusion } from '../backend/checks.ts';
import type { RunSettings } from '../backend/denoiser.ts';
import { layoutRun } from '../backend/layout.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import type { Plan } from '../diffusion/plan.ts';
import { onnxWords } from '../messages/onnx.ts';
import { peerWords as words } from '../messages/peer.ts';
import type { Precision } from '../onnx/graph.ts';
import { describeFailure } from '../onnx/failure.ts';
import { openOnnxSession, type OnnxRuntime } from '../onnx/session.ts';

/** The one shape that a peer is made for. */
export interface PeerShape {
  /** L, tokens of the text. */
  length: number;
  /** R, rows of the head: as many in every pass, since a captured graph does not change. */
  rows: number;
  /** Numbers of its computation (default f32); f16 needs a device with `shader-f16`. */
  precision?: Precision;
}

/** Rows of the head that a run of one text needs: those of its largest pass. */
export const mostRows = (plan: Plan): number =>
  Math.max(1, ...plan.samples.flatMap(({ passes }) => passes.map(({ count }) => count)));

/**
 * Set a checkpoint up in onnxruntime on our device.
 * @param ort its build for WebGPU, see runtime.ts
 * @throws UnmaskError 'argument' for causal networks and those that read the time; else as `openOnnxSession`, or
 * GpuOutOfMemory
 */
export async function createPeer(
  ort: OnnxRuntime,
  gpu: Gpu,
  checkpoint: Checkpoint,
  shape: PeerShape,
): Promise<Peer> {
  const { config } = checkpoint;
  requireDiffusion(config);
  if (config.timeConditioning) {
    throw refuse(words.readsTime(config.name));
  }
  const { length, rows, precision = 'f32' } = shape;
  const arena = gpu.memory.arena(`onnxruntime, ${length} tokens of ${config.name}`);
  let session: Ort.InferenceSession | undefined;
  try {
    session = await openOnnxSession(ort, checkpoint, {
      precision,
      // As an object: as a string its capture is not passed on.
      executionProviders: [{ name: 'webgpu', device: gpu.device }],
      session: {
        enableGraphCapture: true,
        preferredOutputLocation: 'gpu-buffer',
        freeDimensionOverrides: { batch: 1, length, rows },
      },
    });
    const buffers = await arena.checked(words.logits, 4 * rows * config.vocabulary, () => ({
      tokens: arena.storage('tokens', 4 * length),
      rows: arena.storage('rows', 4 * rows),
      logits: arena.storage('logits', 4 * rows * config.vocabulary),
      planned: arena.storage('rows of all passes', 4 * rows * length),
      entries: arena.storage('rows that unmask', 4 * length),
      drawn: arena.storage('drawn', DRAWN_BYTES * length),
      selections: arena.uniform('selections', SELECTION_STRIDE * length),
    }));
    const draw = (await gpu.kernels.compile(SAMPLE_NUCLEUS)).bind({
      shape: arena.uniformOf('shape', Uint32Array.of(config.vocabulary, config.vocabulary, length)),
      logits: buffers.logits,
      rows: buffers.entries,
      tokens: buffers.tokens,
      drawn: buffers.drawn,
      selection: { buffer: buffers.selections, size: SELECTION_BYTES },
    });
    return new Peer(ort, gpu, arena, session, config, shape, buffers, draw);
  } catch (error) {
    await session?.release().catch(() => undefined);
    arena.destroy();
    throw error;
  }
}

/** Buffers that the graph and our kernel share. */
interface Buffers {
  /** [L], the graph's input, which our kernel writes into. */
  tokens: GPUBuffer;
  /** [R], the rows of the pass under way. */
  rows: GPUBuffer;
  /** [R, V] */
  logits: GPUBuffer;
  /** [passes, R], rows of all passes. */
  planned: GPUBuffer;
  /** As `Head` has them: rows that unmask, what was drawn for each, selections. */
  entries: GPUBuffer;
  drawn: GPUBuffer;
  selections: GPUBuffer;
}

/** A captured graph with its buffers; for one caller at a time. */
export class Peer {
  readonly #feeds: Record<string, Ort.Tensor>;
  readonly #fetches: Record<string, Ort.Tensor>;
  readonly #staging: StagingRing;

  constructor(
    ort: OnnxRuntime,
    private readonly gpu: Gpu,
    private readonly arena: Arena,
    private readonly session: Ort.InferenceSession,
    readonly config: ModelConfig,
    readonly shape: PeerShape,
    private readonly buffers: Buffers,
    private readonly draw: (workgroups: [number], offset: number) => Launch,
  ) {
    const { Tensor } = ort;
    const { tokens, rows, logits } = buffers;
    this.#feeds = {
      tokens: Tensor.fromGpuBuffer(tokens, { dataType: 'int32', dims: [1, shape.length] }),
      rows: Tensor.fromGpuBuffer(rows, { dataType: 'int32', dims: [shape.rows] }),
    };
    const dims = [shape.rows, config.vocabulary];
    this.#fetches = { logits: Tensor.fromGpuBuffer(logits, { dataType: 'float32', dims }) };
    this.#staging = new StagingRing(arena, DRAWN_BYTES * shape.length, 1);
  }

  /** Hand one pass to the GPU. Its end is not waited for: `device.queue.onSubmittedWorkDone()` tells it. */
  async pass(): Promise<void> {
    try {
      await this.session.run(this.#feeds, this.#fetches);
    } catch (error) {
      throw describeFailure(error, onnxWords.tasks.run(this.config.name));
    }
  }

  /**
   * Raw logits of the first R rows of one text, [R, V], read back: to be checked.
   * @throws UnmaskError 'argument' for tokens that the model does not have
   */
  async logits(tokens: Uint32Array<ArrayBuffer>): Promise<Float32Array> {
    const { gpu, buffers, shape } = this;
    checkTokens(this.config, tokens, { batch: 1, length: shape.length });
    gpu.write(buffers.tokens, 0, tokens);
    gpu.write(
      buffers.rows,
      0,
      Uint32Array.from({ length: shape.rows }, (_, row) => row),
    );
    await this.pass();
    return new Float32Array(await readBuffer(gpu, buffers.logits));
  }

  /**
   * Run a plan of one text, whose passes need no more than R rows.
   * @returns what was drawn in each pass: tokens in the order of its positions
   * @throws UnmaskError 'argument' for a plan of another shape or several texts, or by confidence
   */
  async run(plan: Plan, settings: RunSettings): Promise<number[][]> {
    const { gpu, buffers } = this;
    const { length, rows } = this.shape;
    if (
      plan.samples.length !== 1 ||
      plan.length !== length ||
      plan.sampler === 'confidence' ||
      mostRows(plan) > rows
    ) {
      throw refuse(words.otherPlan(length, rows));
    }
    const layout = layoutRun(plan, settings, { timed: false, parts: (count) => [count] });
    const { starts, passes } = layout;
    const planned = new Uint32Array(rows * passes.length);
    passes.forEach((_, pass) => {
      const own = layout.rows.slice(starts[pass], starts[pass + 1]);
      // Rows that are wanting are the text's first once more; nobody reads their logits.
      planned.set(
        own.map((entry) => entry % ARGMAX_ROW),
        rows * pass,
      );
    });
    gpu.write(buffers.tokens, 0, plan.samples[0].initial.slice());
    gpu.write(buffers.planned, 0, planned);
    gpu.write(buffers.rows, 0, planned.subarray(0, rows));
    gpu.write(buffers.entries, 0, Uint32Array.from(layout.rows));
    gpu.write(buffers.selections, 0, selectionUniforms(layout.selections));

    const staging = await this.#staging.take();
    const bytes = DRAWN_BYTES * layout.rows.length;
    for (const [pass, { parts }] of passes.entries()) {
      await this.pass();
      const [{ selection, count }] = parts;
      const last = pass === passes.length - 1;
      const next = {
        from: buffers.planned,
        fromOffset: 4 * rows * (pass + 1),
        to: buffers.rows,
        bytes: 4 * rows,
      };
      const read = { from: buffers.drawn, to: staging.buffer, bytes };
      submit(gpu, [this.draw([count], SELECTION_STRIDE * selection)], [last ? read : next]);
    }
    const drawn = decodeDrawn(await staging.read(bytes));
    return passes.map((_, pass) => drawn.slice(starts[pass], starts[pass + 1]).map(({ token }) => token));
  }

  /** Free the session and what it shares with us. */
  async destroy(): Promise<void> {
    await this.session.release().catch(() => undefined);
    this.arena.destroy();
  }
}
