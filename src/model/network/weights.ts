/** What a network on the GPU is made of; upload.ts puts it there. */
import type { Storage } from '../../gpu/kernels/gemm/gemm.ts';
import type { PackedMatrix } from '../../gpu/kernels/pack-weight/pack-weight.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import type { Conditioning } from './modulation.ts';
import type { Piece } from './pieces.ts';

/** A linear layer: its matrix, and `columns` as gemm.wgsl takes them. */
export interface Linear {
  matrix: PackedMatrix;
  columns: GPUBuffer;
}

/** A linear layer behind a norm, and the norm's gain [inner]. */
export interface NormLinear extends Linear {
  gain: GPUBuffer;
}

/** Rows of the embedding, [count, hidden] row-major. */
export interface EmbeddingPiece extends Piece {
  buffer: GPUBuffer;
}

/** Columns of the head's matrix, from `first` on: as many as its own matrix has. */
export interface HeadPiece extends Linear {
  first: number;
}

/** The head's layer, in one piece where a buffer holds it, and the gain of its norm [hidden]. */
export interface HeadWeights {
  pieces: readonly HeadPiece[];
  gain: GPUBuffer;
}

export interface BlockWeights {
  qkv: NormLinear;
  out: Linear;
  up: NormLinear;
  down: Linear;
}

/**
 * A network on the GPU: masked diffusion, or a causal one, which has neither shifts nor scales nor gates.
 *
 * Without time conditioning every shift, scale and gate of adaLN is a constant. The shift goes into the bias of the
 * layer behind the norm (b + W shift); scale goes with the norm's weight into a gain that the GEMM applies as it loads x,
 * and the gate is applied to its result. The matrices stay as they are in the file, to the last bit of f16: folding
 * scale and gate into them would round every weight again, and saves nothing that can be measured.
 */
export interface NetworkWeights {
  config: ModelConfig;
  storage: Storage;
  /** Its V rows, in one piece where a buffer holds them. */
  embedding: readonly EmbeddingPiece[];
  blocks: BlockWeights[];
  head: HeadWeights;
  /** cos and sin of the rotary angles, [length, headSize]: see output-rope.wgsl. */
  angles: GPUBuffer;
  /** Gates for networks without time conditioning: one row of ModulationLayout; for causal ones, ones: [hidden]. */
  modulation: GPUBuffer;
  /** For networks with time conditioning: c of a sigma, and all adaLN layers as one, [(6 blocks + 2) hidden, cond_dim]. */
  timed?: { conditioning: Conditioning; adaLN: Linear };
}

/** Rows of the rotary table: positions beyond the model's length are never asked for. */
export function rotaryAngles(config: ModelConfig): Float32Array<ArrayBuffer> {
  const size = config.hidden / config.heads;
  return Float32Array.from({ length: config.length * size }, (_, i) => {
    const pair = Math.floor((i % size) / 2);
    const angle = Math.floor(i / size) * 10_000 ** ((-2 * pair) / size);
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
}
