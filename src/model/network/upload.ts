/** Puts the weights of a checkpoint on the GPU. */
import { Float16Array } from '@petamoriken/float16';
import type { GemmChoice } from '../../gpu/autotune.ts';
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import {
  gemmConstants,
  gemmKernel,
  gemmUniform,
  gemmWorkgroups,
  paddedColumns,
  STORED_BYTES,
  type Storage,
} from '../../gpu/kernels/gemm/gemm.ts';
import {
  LARGEST_HALF,
  packedBytes,
  packMatrix,
  RangeWatch,
  type MatrixPart,
  type PackedMatrix,
} from '../../gpu/kernels/pack-weight/pack-weight.ts';
import { spanUniforms } from '../../gpu/kernels/span.ts';
import { submit } from '../../gpu/recorder.ts';
import { expectedTensors, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { decodeFloats, type Dtype, type TensorSource } from '../checkpoint/safetensors.ts';
import { UnmaskError } from '../errors.ts';
import { uploadWords as words } from '../messages/upload.ts';
import {
  adaLayers,
  constantModulation,
  loadConditioning,
  ModulationLayout,
  readFloats,
} from './modulation.ts';
import { largestBuffer, matrixPieces, tablePieces, type Piece } from './pieces.ts';
import {
  rotaryAngles,
  type BlockWeights,
  type EmbeddingPiece,
  type HeadPiece,
  type HeadWeights,
  type Linear,
  type NetworkWeights,
  type NormLinear,
} from './weights.ts';

/** What a file calls it when its bytes need no conversion. */
const STORED_AS = { f16: 'F16', f32: 'F32' } as const;

/** Which part of a tensor becomes a matrix (default: all), and whether it has rotary pairs. */
interface PartOptions {
  pairs?: { paired: number; headSize: number };
  piece?: Piece;
}

/**
 * A checkpoint that reports how much of it was used, in bytes of its file: a part that is read counts when the next one is
 * asked for, since what was read is on the GPU by then.
 */
class CountedCheckpoint {
  readonly checkpoint: Checkpoint;
  #loaded = 0;
  readonly #total: number;

  constructor(
    { tensors, ...rest }: Checkpoint,
    private readonly onProgress: (loaded: number, total: number) => void,
  ) {
    this.#total = [...expectedTensors(rest.config).keys()].reduce((sum, name) => {
      const { begin, end } = tensors.info(name);
      return sum + end - begin;
    }, 0);
    const read: TensorSource['read'] = async (name, rows) => {
      this.report();
      const bytes = await tensors.read(name, rows);
      this.#loaded += bytes.byteLength;
      return bytes;
    };
    this.checkpoint = {
      ...rest,
      tensors: {
        names: () => tensors.names(),
        has: (name) => tensors.has(name),
        info: (name) => tensors.info(name),
        read,
      },
    };
  }

  report(): void {
    this.onProgress(this.#loaded, this.#total);
  }
}

/** Uploads a checkpoint, tensor by tensor; no second copy of the file is ever held. */
export class WeightUploader {
  readonly #layout: ModulationLayout;
  readonly #counted: CountedCheckpoint;
  /** Of matrices that are narrowed to f16. */
  #watch: RangeWatch | undefined;

  /**
   * @param onProgress told of bytes as the file has them: on the GPU, and of all that the network reads
   * @param largest bytes of the largest buffer: embedding and head are cut to it, another tensor beyond it is refused
   */
  constructor(
    private readonly gpu: Gpu,
    private readonly arena: Arena,
    checkpoint: Checkpoint,
    private readonly storage: Storage,
    private readonly choice: GemmChoice,
    onProgress: (loaded: number, total: number) => void,
    private readonly largest = largestBuffer(gpu.device.limits),
  ) {
    this.#layout = new ModulationLayout(checkpoint.config);
    this.#counted = new CountedCheckpoint(checkpoint, onProgress);
  }

  private get checkpoint(): Checkpoint {
    return this.#counted.checkpoint;
  }

  /**
   * @throws GpuOutOfMemory naming the tensor and the bytes
   * @throws UnmaskError 'limit' where a tensor is larger than a buffer and is not cut, 'tensor-range' where f16 does not hold
   *   the values of one
   */
  async upload(): Promise<NetworkWeights> {
    const { gpu, storage, checkpoint } = this;
    if (storage === 'f32') return this.#upload();
    const scratch = gpu.memory.arena('range of weights');
    try {
      this.#watch = new RangeWatch(gpu, scratch, expectedTensors(checkpoint.config).size);
      const weights = await this.#upload();
      const beyond = await this.#watch.found();
      if (beyond) throw this.#outOfRange(beyond.name, beyond.magnitude);
      return weights;
    } finally {
      scratch.destroy();
    }
  }

  #outOfRange(name: string, value: number): UnmaskError {
    const { config } = this.checkpoint;
    return new UnmaskError(
      'tensor-range',
      words.beyondHalf(name, config.name, value.toPrecision(6), LARGEST_HALF),
    );
  }

  async #upload(): Promise<NetworkWeights> {
    const { arena, checkpoint, storage } = this;
    const { config } = checkpoint;
    const timed = config.timeConditioning;
    const causal = config.kind === 'causal';
    const constants = timed || causal ? undefined : await constantModulation(checkpoint);
    const embedding = await this.#embedding();
    const blocks: BlockWeights[] = [];
    for (let i = 0; i < config.blocks; i++) {
      const at = this.#layout.block(i);
      const norm = (part: 1 | 2) =>
        this.#norm(`blocks.${i}.norm${part}`, constants, at[`shift${part}`], at[`scale${part}`]);
      const headSize = config.hidden / config.heads;
      const pairs = { paired: 2 * config.hidden, headSize };
      blocks.push({
        qkv: await this.#normLinear(`blocks.${i}.attn_qkv`, await norm(1), pairs),
        out: await this.#linear(`blocks.${i}.attn_out`),
        up: await this.#normLinear(`blocks.${i}.mlp.0`, await norm(2)),
        down: await this.#linear(`blocks.${i}.mlp.2`),
      });
    }
    const { shift, scale } = this.#layout.head();
    const norm = await this.#norm('output_layer.norm_final', constants, shift, scale);
    const head = await this.#head(norm);
    const weights: NetworkWeights = {
      config,
      storage,
      embedding,
      blocks,
      head,
      angles: arena.storageOf('rotary angles', rotaryAngles(config)),
      modulation: arena.storageOf('modulation', constants ?? new Float32Array(config.hidden).fill(1)),
      ...(timed
        ? { timed: { conditioning: await loadConditioning(checkpoint), adaLN: await this.#adaLN() } }
        : {}),
    };
    this.#counted.report();
    return weights;
  }

  /**
   * Gain and shift of a norm: folded where they are constant, else the norm's own weight: adaLN then acts in a kernel, or there
   * is none.
   */
  async #norm(
    name: string,
    constants: Float32Array | undefined,
    shift: number,
    scale: number,
  ): Promise<{ gain: Float32Array<ArrayBuffer>; shift?: Float32Array }> {
    const weight = await readFloats(this.checkpoint, `${name}.weight`);
    if (!constants) {
      const gain = Float32Array.from(weight);
      return this.checkpoint.config.timeConditioning
        ? { gain }
        : { gain, shift: new Float32Array(gain.length) };
    }
    return {
      gain: weight.map((w, k) => w * (1 + constants[scale + k])),
      shift: constants.subarray(shift, shift + weight.length),
    };
  }

  /** The part of a matrix that is one tensor, read from the file as it is needed. */
  #part(
    name: string,
    { pairs, piece }: PartOptions = {},
  ): { part: MatrixPart; columns: number; inner: number } {
    const { tensors } = this.checkpoint;
    const { dtype, shape } = tensors.info(name);
    const [rows, inner] = shape;
    const { first, count: columns } = piece ?? { first: 0, count: rows };
    const read = (from: number, to: number): Promise<Uint8Array> =>
      tensors.read(name, { from: first + from, to: first + to });
    const watch = this.#watch && { watch: this.#watch.index(name) };
    return { part: { at: 0, rows: columns, format: dtype, read, ...pairs, ...watch }, columns, inner };
  }

  async #matrix(name: string, options?: PartOptions): Promise<PackedMatrix> {
    const { gpu, arena, storage } = this;
    const { part, columns, inner } = this.#part(name, options);
    this.#checkBinding(name, packedBytes(columns, inner, storage));
    return packMatrix(gpu, arena, name, { columns, inner, storage }, [part], { watch: this.#watch });
  }

  async #bias(name: string): Promise<Float32Array> {
    return this.checkpoint.tensors.has(`${name}.bias`)
      ? readFloats(this.checkpoint, `${name}.bias`)
      : new Float32Array(0);
  }

  async #linear(name: string, options?: PartOptions, bias?: Float32Array): Promise<Linear> {
    const matrix = await this.#matrix(`${name}.weight`, options);
    const columns = new Float32Array(2 * paddedColumns(matrix.columns));
    columns.set(bias ?? (await this.#bias(name)));
    return { matrix, columns: this.arena.storageOf(`${name} columns`, columns) };
  }

  /** `columns` of a layer behind a norm: bias + W shift, and the sums of gain * W that the GEMM takes the mean out with. */
  async #normLinear(
    name: string,
    norm: { gain: Float32Array<ArrayBuffer>; shift?: Float32Array },
    pairs?: PartOptions['pairs'],
  ): Promise<NormLinear> {
    const layer = await this.#linear(name, pairs && { pairs });
    if (norm.shift) await this.#fold(layer, norm.shift, norm.gain);
    return { ...layer, gain: this.arena.storageOf(`${name} gain`, norm.gain) };
  }

  /** The head, cut where it is larger than a buffer: each piece is a matrix with the `columns` that belong to it. */
  async #head(norm: { gain: Float32Array<ArrayBuffer>; shift?: Float32Array }): Promise<HeadWeights> {
    const name = 'output_layer.linear';
    const [vocabulary, inner] = this.checkpoint.tensors.info(`${name}.weight`).shape;
    const bias = await this.#bias(name);
    const pieces: HeadPiece[] = [];
    for (const piece of matrixPieces(vocabulary, inner * STORED_BYTES[this.storage], this.largest)) {
      const { first, count } = piece;
      const layer = await this.#linear(name, { piece }, bias.subarray(first, first + count));
      if (norm.shift) await this.#fold(layer, norm.shift, norm.gain);
      pieces.push({ ...layer, first });
    }
    return { pieces, gain: this.arena.storageOf(`${name} gain`, norm.gain) };
  }

  /** Add (W shift, W gain) to the two rows of `columns`: a GEMM of two rows over the packed weights themselves. */
  async #fold({ matrix, columns }: Linear, shift: Float32Array, gain: Float32Array): Promise<void> {
    const { gpu, choice, storage } = this;
    const scratch = gpu.memory.arena('folding');
    const padded = paddedColumns(matrix.columns);
    const v = choice.layer({ length: 2, columns: padded, inner: matrix.inner, storage });
    const kernel = await gpu.kernels.compile(gemmKernel('residual', storage, v), gemmConstants(v));
    const launch = kernel.bind({
      shape: scratch.uniformOf('shape', gemmUniform({ rows: 2, inner: matrix.inner, columns: padded })),
      span: scratch.uniformOf('both', spanUniforms([{ first: 0, count: 2 }], { samples: 1, length: 2 })),
      x: scratch.storageOf('shift and gain', Float32Array.from([...shift, ...gain])),
      weights: matrix.buffer,
      columns: scratch.storage('no bias', 8 * padded),
      gain: scratch.storage('no gain', 16),
      y: columns,
      gate: scratch.storageOf('gate of one', new Float32Array(padded).fill(1)),
    });
    submit(gpu, [launch(gemmWorkgroups(v, 2, padded), 0)]);
    await gpu.device.queue.onSubmittedWorkDone();
    scratch.destroy();
  }

  /** All adaLN layers as one matrix: a single GEMM then makes the modulation of the whole network. */
  async #adaLN(): Promise<Linear> {
    const { arena, checkpoint, storage } = this;
    const { size } = this.#layout;
    const { condDim } = checkpoint.config;
    const columns = new Float32Array(2 * paddedColumns(size));
    const parts: MatrixPart[] = [];
    let at = 0;
    for (const layer of adaLayers(checkpoint.config)) {
      const { part, columns: rows } = this.#part(`${layer}.weight`);
      parts.push({ ...part, at });
      columns.set(await this.#bias(layer), at);
      at += rows;
    }
    const name = words.ofAllLayers('adaLN_modulation.weight');
    this.#checkBinding(name, packedBytes(size, condDim, storage));
    const matrix = await packMatrix(
      this.gpu,
      arena,
      name,
      { columns: size, inner: condDim, storage },
      parts,
      { watch: this.#watch },
    );
    return { matrix, columns: arena.storageOf('adaLN columns', columns) };
  }

  /** The embedding stays row-major; converted on the way where the storage differs from the file. */
  async #embedding(): Promise<EmbeddingPiece[]> {
    const { arena, storage, largest } = this;
    const name = 'vocab_embed.embedding';
    const [rows, hidden] = this.checkpoint.tensors.info(name).shape;
    const rowBytes = hidden * STORED_BYTES[storage];
    const pieces: EmbeddingPiece[] = [];
    for (const piece of tablePieces(rows, rowBytes, largest)) {
      const bytes = piece.count * rowBytes;
      this.#checkBinding(name, bytes);
      const buffer = await arena.checked(name, bytes, () => arena.storage(name, bytes));
      await this.#writeRows(name, piece, buffer, rowBytes);
      pieces.push({ ...piece, buffer });
    }
    return pieces;
  }

  async #writeRows(
    name: string,
    { first, count }: Piece,
    buffer: GPUBuffer,
    rowBytes: number,
  ): Promise<void> {
    const { gpu, storage } = this;
    const { tensors } = this.checkpoint;
    const { dtype, shape } = tensors.info(name);
    const step = Math.max(1, Math.floor((8 * 2 ** 20) / (4 * shape[1])));
    for (let from = 0; from < count; from += step) {
      const to = Math.min(count, from + step);
      const bytes = await tensors.read(name, { from: first + from, to: first + to });
      gpu.write(
        buffer,
        from * rowBytes,
        dtype === STORED_AS[storage] ? bytes : this.#convert(name, bytes, dtype),
      );
    }
  }

  /**
   * Floats of a file in the storage that it does not have.
   * @throws UnmaskError 'tensor-range' as `upload`
   */
  #convert(name: string, bytes: Uint8Array<ArrayBuffer>, dtype: Dtype): ArrayBufferView<ArrayBuffer> {
    const values = decodeFloats(bytes, dtype);
    if (this.storage === 'f32') return values;
    const beyond = values.find((value) => Number.isFinite(value) && Math.abs(value) > LARGEST_HALF);
    if (beyond !== undefined) throw this.#outOfRange(name, Math.abs(beyond));
    return new Float16Array(values);
  }

  #checkBinding(name: string, bytes: number): void {
    if (bytes <= this.largest) return;
    const message = words.tooLarge[this.storage](name, mebibytes(bytes), mebibytes(this.largest));
    throw new UnmaskError('limit', message);
  }
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toPrecision(3);
