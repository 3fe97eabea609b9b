/** What links say of the Models view: which checkpoint of the hub is looked at, and never a host or a download. */
import { refusals } from '../messages/link-refusals.ts';
import type { PickerTab } from '../stores/models.ts';
import { fieldsOf, type Field } from './field.ts';
import { name, nothing, oneOf } from './kinds.ts';

export interface ModelsLink {
  tab: PickerTab;
  /** Groups of the released list, by their ids. */
  rounds: string;
  sizes: string;
  /** "owner/name", as it is typed or chosen. */
  repo?: string;
  revision?: string;
}

export const firstModelsLink: ModelsLink = { tab: 'rounds', rounds: 'baselines-kld', sizes: 'scaling-sm' };

const part = fieldsOf<ModelsLink>();

export const modelsFields: readonly Field<ModelsLink>[] = [
  part('tab', oneOf<PickerTab>(['rounds', 'sizes', 'teachers', 'mdlm', 'other'])),
  part('rounds', name(40), 'group'),
  part('sizes', name(40), 'size'),
  part('repo', name(200)),
  part('revision', ({ repo }) => (repo === undefined ? nothing(refusals.why.missing('repo')) : name(120))),
];
