/** Checkpoints of any size for the hub of the tests, which take no memory: their bytes are made as they are read. */
import type { ModelConfig } from '../../config.ts';
import { releasedName } from '../../names.ts';
import { randomCheckpoint } from '../../random.ts';
import { writeHeader } from '../../write.ts';
import type { ServedFile } from './hub-server.ts';

/** model.safetensors of a network with random f16 weights, under the names of released files. */
export function randomFile(config: ModelConfig, seed = 1): ServedFile {
  const { tensors } = randomCheckpoint(config, seed);
  const described = tensors.names().map((name) => {
    const { dtype, shape, end: bytes } = tensors.info(name);
    return { name: releasedName(config, name), tensor: name, dtype, shape, bytes };
  });
  const header = writeHeader(described, { format: 'pt' });
  let next = header.length;
  const placed = described.map(({ tensor, shape, bytes }) => {
    const begin = next;
    next += bytes;
    return { tensor, begin, end: next, row: bytes / shape[0] };
  });
  return {
    bytes: next,
    read: async (begin, end) => {
      const out = new Uint8Array(end - begin);
      out.set(header.subarray(begin, end));
      for (const part of placed) {
        const [from, to] = [Math.max(begin, part.begin), Math.min(end, part.end)];
        if (from >= to) continue;
        const first = Math.floor((from - part.begin) / part.row);
        const rows = { from: first, to: Math.ceil((to - part.begin) / part.row) };
        const start = part.begin + first * part.row;
        out.set((await tensors.read(part.tensor, rows)).subarray(from - start, to - start), from - begin);
      }
      return out;
    },
  };
}

/** config.json of a diffusion network as `kuleshov-group/mdlm-*` has it. */
export const mdlmConfig = (config: ModelConfig): object => ({
  ...{ model_type: 'mdlm', hidden_dim: config.hidden, n_heads: config.heads, n_blocks: config.blocks },
  ...{ cond_dim: config.condDim, model_length: config.length, vocab_size: config.vocabulary },
  ...{ dropout: 0.1, time_conditioning: config.timeConditioning },
});
