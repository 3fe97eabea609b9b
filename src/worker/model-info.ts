import type { ModelConfig } from '../model/checkpoint/config.ts';
import type { ModelInfo } from './protocol.ts';

/** What a list says of a model by its configuration. */
export function configInfo({
  kind,
  vocabulary,
  length,
  nativeSteps,
}: ModelConfig): Pick<ModelInfo, 'kind' | 'vocabulary' | 'length' | 'nativeSteps'> {
  return {
    kind: kind === 'causal' ? 'causal' : nativeSteps === undefined ? 'teacher' : 'student',
    vocabulary,
    length,
    ...(nativeSteps === undefined ? {} : { nativeSteps }),
  };
}
