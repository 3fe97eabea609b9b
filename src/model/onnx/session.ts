/** A checkpoint in onnxruntime. */
import type * as Ort from 'onnxruntime-web';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { onnxWords as words } from '../messages/onnx.ts';
import { describeFailure } from './failure.ts';
import { weightFiles, type Precision } from './graph.ts';
import { buildNetwork, type GraphOutputs } from './network.ts';
import { encodeModel } from './proto.ts';

/** onnxruntime-web, whichever of its bundles. */
export type OnnxRuntime = Pick<typeof Ort, 'InferenceSession' | 'Tensor' | 'env'>;

/** What a session can be made with. */
export interface OnnxSessionOptions {
  /** Numbers of the computation (default f32). */
  precision?: Precision;
  /** Outputs of the graph besides the logits (default: none). */
  outputs?: GraphOutputs;
  /**
   * Execution providers (default: the CPU, by WebAssembly). That of WebGPU wants its bundle of onnxruntime-web, and is right
   * only where subgroups have at least 16 lanes or are not used: where they have fewer, as on SwiftShader with 4, the
   * attention of release 1.30 is wrong from 32 tokens on. There, hand it a device without the feature `subgroups`:
   * `[{ name: 'webgpu', device }]`.
   */
  executionProviders?: Ort.InferenceSession.SessionOptions['executionProviders'];
  /** Further options of onnxruntime. */
  session?: Omit<Ort.InferenceSession.SessionOptions, 'executionProviders' | 'externalData'>;
}

/**
 * Make a session for a checkpoint; its inputs and outputs are those of `buildNetwork`. The graph is made in memory and reads
 * the weights from the checkpoint's file.
 * @throws UnmaskError 'tensor-missing' and others of the checkpoint's tensors; 'out-of-memory', 'network' or 'internal' as
 * `describeFailure` says
 */
export async function openOnnxSession(
  ort: OnnxRuntime,
  checkpoint: Checkpoint,
  options: OnnxSessionOptions = {},
): Promise<Ort.InferenceSession> {
  const model = await buildNetwork(checkpoint, options.precision, options.outputs);
  const externalData = await weightFiles(checkpoint, model);
  const { parts } = encodeModel(model, 'external');
  const graph = await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer();
  return openGraph(ort, checkpoint.config.name, new Uint8Array(graph), {
    // Warnings go to the console, where nobody can do anything about them.
    logSeverityLevel: 3,
    ...options.session,
    executionProviders: options.executionProviders ?? ['wasm'],
    externalData,
  });
}

/**
 * Make a session for an encoded graph.
 * @param name what messages call the model
 * @throws UnmaskError as `describeFailure` says
 */
export async function openGraph(
  ort: OnnxRuntime,
  name: string,
  graph: Uint8Array,
  options: Ort.InferenceSession.SessionOptions,
): Promise<Ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(graph, options);
  } catch (error) {
    throw describeFailure(error, words.tasks.setUp(name));
  }
}
