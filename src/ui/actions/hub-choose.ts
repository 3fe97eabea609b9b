import type { HubSource } from '../../worker/checkpoints/result.ts';
import { RELEASED, releasedModel, type ReleasedModel } from '../../worker/checkpoints/released.ts';
import { engine } from '../engine.ts';
import { sources as words } from '../messages/sources.ts';
import { endpointOf, keyOf, releasedAt, sourceOf, type SourceForm } from '../models/source.ts';
import { useModels, type Keep, type PickerTab } from '../stores/models.ts';
import { outcome } from './self-test.ts';

let current: AbortController | undefined;

/** Ask what the chosen model would take here; an answer that is under way is given up. */
export async function askPreflight(): Promise<void> {
  current?.abort();
  const { chosen } = useModels.getState();
  if (!chosen) return;
  const controller = new AbortController();
  current = controller;
  useModels.setState({ preflight: { state: 'running' } });
  const preflight = await outcome(engine.call('preflight', chosen, { signal: controller.signal }));
  if (current === controller) useModels.setState({ preflight });
}

/** Ask again, if the preflight is about this source: what is here of it has changed. */
export async function refreshPreflight(key: string): Promise<void> {
  const { chosen } = useModels.getState();
  if (chosen && keyOf(chosen) === key) await askPreflight();
}

let pause: ReturnType<typeof setTimeout> | undefined;
/** Arrow keys go through the list faster than a hub should be asked, ms. */
const PAUSE = 250;

/** Choose what the preflight is about, and ask. @param wait whether the choice may change in a moment */
export function choose(source: HubSource, wait: boolean): void {
  const { chosen } = useModels.getState();
  clearTimeout(pause);
  current?.abort();
  // What becomes of it is of no interest, also until the next one is asked.
  current = undefined;
  useModels.setState({
    chosen: source,
    preflight: { state: 'running' },
    ...(chosen && keyOf(chosen) === keyOf(source) ? {} : { keep: undefined }),
  });
  pause = setTimeout(() => void askPreflight(), wait ? PAUSE : 0);
}

/** Choose a released checkpoint, from the host that the form names; where that cannot be asked, say so. */
export function chooseReleased(model: ReleasedModel): void {
  const { endpoint } = useModels.getState().form;
  const source = releasedAt(model, endpoint, location.origin);
  choose(source, true);
  const host = endpointOf(endpoint, location.origin);
  if (!('error' in host)) return;
  clearTimeout(pause);
  const message = words.mirror(host.error);
  useModels.setState({ preflight: { state: 'failed', failure: { code: 'argument', message } } });
}

/** Ask again for what could not be asked, of the host that the form names now. */
export function retryPreflight(): void {
  const { chosen, form } = useModels.getState();
  const released = chosen && releasedModel(chosen);
  const typed = sourceOf(form, location.origin);
  if (released) chooseReleased(released);
  else if ('source' in typed && typed.source.repo === chosen?.repo) choose(typed.source, false);
  else void askPreflight();
}

/** Another loss, or another size: the round that is chosen stays chosen. */
export function setFamily(tab: 'rounds' | 'sizes', id: string): void {
  const { chosen, family } = useModels.getState();
  const before = RELEASED.find((group) => group.id === family[tab]);
  const now = RELEASED.find((group) => group.id === id);
  useModels.setState({ family: { ...family, [tab]: id } });
  const round = chosen && before?.models.find((one) => one === releasedModel(chosen))?.round;
  const twin = round === undefined ? undefined : now?.models.find((one) => one.round === round);
  if (twin) chooseReleased(twin);
}

/** Another group of the picker; what is chosen stays. */
export function setTab(tab: PickerTab): void {
  useModels.setState({ tab });
}

/** Change what is typed. */
export function setSource(changed: Partial<SourceForm>): void {
  useModels.setState(({ form }) => ({ form: { ...form, ...changed } }));
}

/** Look at the repository that is typed. @returns whether it can be */
export function chooseTyped(): boolean {
  const asked = sourceOf(useModels.getState().form, location.origin);
  if ('errors' in asked) return false;
  choose(asked.source, false);
  return true;
}

/** Keep its weights otherwise than is proposed. */
export function setKeep(keep: Keep): void {
  useModels.setState({ keep });
}
