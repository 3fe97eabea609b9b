/** Models, a store and a preflight for tests. */
import type { ModelPreflight, StoredModelInfo, StoreState } from '../../worker/checkpoints/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { HUB } from './source.ts';

export const SDTT = { repo: 'jdeschena/sdtt', revision: 'baselines_kld_step_70000' };

export const madeModel = (id: string, rest: Partial<ModelInfo> = {}): ModelInfo => ({
  ...{ id, kind: 'student', vocabulary: 50_258, length: 1024, nativeSteps: 8, origin: 'hub', title: id },
  ...{ bytes: 339e6, ...rest },
});

export const madeStored = (model: string, rest: Partial<StoredModelInfo> = {}): StoredModelInfo => ({
  ...{ model, title: model, origin: 'hub', keep: 'f16', bytes: 339e6, addedAt: 1, usedAt: 2 },
  source: { ...SDTT, endpoint: HUB, commit: 'c0ffee' },
  ...rest,
});

export const madeStore = (rest: Partial<StoreState> = {}): StoreState => ({
  ...{ models: [], partial: [], usage: 1e6, quota: 1e9, persisted: false, ...rest },
});

const EITHER = { downloadBytes: 678e6, haveBytes: 0, kept: 'disk' as const, reasons: [] };

export const madePreflight = (rest: Partial<ModelPreflight> = {}): ModelPreflight => ({
  ...{ name: 'sdtt', kind: 'student', parameters: 169.6e6, dtype: 'F32' },
  shape: { hidden: 768, blocks: 12, heads: 12, vocabulary: 50_258, length: 1024 },
  files: [{ path: 'model.safetensors', bytes: 678e6 }],
  ...{ downloadBytes: 678e6, haveBytes: 0, gpuBytes: { f16: 5e8, f32: 1e9 } },
  storeBytes: { file: 678e6, f16: 339e6 },
  limits: [{ limit: 'maxBufferSize', needed: { f16: 77e6, f32: 154e6 }, has: 128e6 }],
  ...{ adapter: 'acme one', freeBytes: 1e9, kept: 'disk' },
  proposal: { keep: 'f16', storage: 'f16', why: 'It fits.' },
  ...{ fits: true, reasons: [], ...rest },
  by: {
    f16: { ...EITHER, storage: 'f16', gpuBytes: 5e8, why: 'It fits.' },
    file: { ...EITHER, storage: 'f32', gpuBytes: 1e9, why: 'Nothing is rounded.' },
    ...rest.by,
  },
});
