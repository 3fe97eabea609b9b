/** The Models view and links. */
import { firstModelsLink, modelsFields, type ModelsLink } from '../link/models.ts';
import { isRepository } from '../models/source.ts';
import { useModels } from '../stores/models.ts';
import { fitting } from './link-typed.ts';

/** What a link says of the picker; the host of a mirror stays with the visitor. */
export function readModels(): ModelsLink {
  const { tab, family, form, chosen } = useModels.getState();
  const { repo, revision = '' } = tab === 'other' ? form : (chosen ?? { repo: '' });
  return fitting(modelsFields, firstModelsLink, {
    ...{ tab, ...family },
    ...(repo.trim() === '' ? {} : { repo: repo.trim() }),
    ...(revision.trim() === '' ? {} : { revision: revision.trim() }),
  });
}

/** Fill the picker. Nothing is asked of the hub: what it takes is found out once the visitor wants it. */
export function showModels({ tab, rounds, sizes, repo = '', revision = '' }: ModelsLink): void {
  useModels.setState(({ form }) => ({
    ...{ tab, family: { rounds, sizes } },
    ...(tab === 'other' ? { form: { ...form, repo, revision } } : {}),
    chosen:
      tab !== 'other' && isRepository(repo) ? { repo, ...(revision === '' ? {} : { revision }) } : undefined,
    ...{ preflight: { state: 'idle' }, keep: undefined },
  }));
}

export function followModels(changed: () => void): void {
  useModels.subscribe((now, before) => {
    // Downloads tell of themselves many times a second, and no link has them.
    if ((['tab', 'family', 'form', 'chosen'] as const).some((key) => now[key] !== before[key])) changed();
  });
}
