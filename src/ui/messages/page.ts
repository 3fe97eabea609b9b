import { localised } from '../../words/localised.ts';

/** What stands around every view. */
export const page = localised({
  /** A name: it stays. Of "Unmask" the second part is read out, and drawn as a mask. */
  name: 'Un<masked>mask</masked>',
  /** Of the tab. */
  title: 'Unmask: watch a model write all its tokens at once',
  lessons: 'Lessons',
  views: {
    label: 'Views',
    watch: 'Watch',
    race: 'Race',
    distill: 'Distill',
    evaluate: 'Evaluate',
    models: 'Models',
    'self-test': 'Self-test',
    fetching: 'fetching a model',
    fetchingTitle: (percent: number) => `Fetching a model: ${percent} %`,
  },
  /** In the place of a view, or of the lessons. */
  notFetched: 'This view could not be fetched: check the connection and try again.',
  /** @param why what the browser says */
  notDrawn: (why: string) => `This view broke off (${why}): try again, or open another view.`,
  /** Behind the name of what the model runs on. */
  status: {
    webgpu: 'WebGPU',
    wasm: 'WebAssembly',
    starting: 'opening the GPU',
    stopped: 'not running',
  },
  backend: {
    software:
      'No GPU is available here, so WGSL runs on the CPU: it is slow, and its times say nothing about GPUs.',
    useWasm: 'Use WebAssembly',
    asked: 'This address asks for WebAssembly.',
    /** Behind why it does not run on WebGPU: a sentence. */
    wasm: (why: string) =>
      `${why} The model runs on the CPU, with onnxruntime-web: slower, but with the same texts up to rounding.`,
    useWebGpu: 'Use WebGPU',
    tryWebGpu: 'Try WebGPU again',
  },
});
