/**
 * The head of the confidence sampler: it proposes a token for every row that is still masked, and lets those with the most
 * probable tokens take them. Which rows the next pass works on is decided on the GPU; how many they are, the plan knows.
 */
import type { GemmChoice } from '../../gpu/autotune.ts';
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { Bound } from '../../gpu/kernel.ts';
import { SELECTION_BYTES, SELECTION_STRIDE } from '../../gpu/kernels/gemm/gemm.ts';
import { SEGMENT_BYTES, SELECT, selectWorkgroups, type Segment } from '../../gpu/kernels/select/select.ts';
import { valueCost, type Work } from './cost.ts';
import type { BatchShape } from './forward.ts';
import { Head } from './head.ts';
import type { NetworkWeights } from './weights.ts';

/** Head of one batch shape for runs in which the model chooses the positions. */
export class ConfidenceHead {
  private constructor(
    /** Draws for the rows of a pass; its `drawn` are proposals, its `rows` are rewritten after each pass. */
    readonly propose: Head,
    /** The segments of all passes of a run, SEGMENT_BYTES each. */
    readonly segments: GPUBuffer,
    private readonly select: Bound,
  ) {}

  /**
   * @param buffers.features what the head reads
   * @param buffers.tokens [batch * length], in which chosen tokens are written
   * @param main the shape's head, whose `drawn` gets the chosen entries and whose scratch is shared
   */
  static async create(
    gpu: Gpu,
    arena: Arena,
    weights: NetworkWeights,
    shape: BatchShape,
    buffers: { features: GPUBuffer; tokens: GPUBuffer },
    choice: GemmChoice,
    main: Head,
  ): Promise<ConfidenceHead> {
    const slots = shape.batch * shape.length;
    // Tokens by row go nowhere here: those of the proposals are read from their entries.
    const proposed = { features: buffers.features, tokens: arena.storage('proposed tokens', 4 * slots) };
    const propose = new Head(gpu, arena, weights, shape, proposed, choice, {
      allRows: true,
      scratch: main.scratch,
    });
    const segments = arena.storage('segments', SEGMENT_BYTES * slots);
    const kernel = await gpu.kernels.compile(SELECT);
    const select = kernel.bind({
      proposals: propose.drawn,
      segments,
      tokens: buffers.tokens,
      drawn: main.drawn,
      rows: propose.rows,
      selection: { buffer: propose.selections, size: SELECTION_BYTES },
    });
    return new ConfidenceHead(propose, segments, select);
  }

  /**
   * What follows the last part of a pass.
   * @param selection index of the Selection that names the pass's segments
   */
  choose(selection: number, segments: readonly Segment[]): Work {
    const pairs = segments.reduce((sum, { count }) => sum + count ** 2, 0);
    return {
      launch: this.select(selectWorkgroups(segments), SELECTION_STRIDE * selection),
      cost: valueCost(pairs),
    };
  }
}
