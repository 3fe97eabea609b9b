import { bytesText } from '../../words/bytes.ts';
import { localised } from '../../words/localised.ts';

/** What opening a model takes; sizes in bytes. */
export const preflightWords = localised({
  /** What a way of keeping it means. */
  why: {
    here: 'It is here already, kept like this.',
    f16Already: 'The file has f16 already: nothing is rounded.',
    roundedToRun:
      'The file is kept as it is, and its weights are rounded to f16 on the GPU: with f32 weights it would not run on this GPU.',
    roundedAsChosen:
      'The file is kept as it is, and its weights are rounded to f16 on the GPU: f16 was chosen for them.',
    bf16: 'bf16 takes no more room than f16, and has values that f16 cannot hold.',
    file: (size: number) => `The file takes ${bytesText(size)}, and nothing is rounded, here or on the GPU.`,
    runsAsF16: 'With f32 weights it would not run on this GPU; with f16 it does.',
    bf16AsF16: 'f16 takes no less room than bf16, and cannot hold all its values.',
    f16Fits: (file: number, room: number, f16: number) =>
      `The file takes ${bytesText(file)} and this page has room for ${bytesText(room)}; as f16 it takes ${bytesText(f16)}.`,
    f16: (f16: number, file: number) =>
      `As f16 it takes ${bytesText(f16)} of ${bytesText(file)}, here and on the GPU, and arithmetic stays f32.`,
  },
  software: 'A CPU plays GPU here, so a text takes long: open this page where there is a GPU.',
  tooLargeForCpu: (size: number, most: number) =>
    `On the CPU its weights are f32 and take ${bytesText(size)}, but onnxruntime-web takes at most ${bytesText(most)}: open this page where there is WebGPU.`,
  noRoom: (room: number) =>
    `This page has room for ${bytesText(room)} only: what does not fit stays in memory, and is gone with the page; remove stored models, or free space for this site.`,
});
