import { decodeLink, encodeLink, firstLinkState, type LinkState } from '../link/link.ts';
import { refusals } from '../messages/link-refusals.ts';
import type { FiguresLink } from '../link/figures.ts';
import type { PageLink } from '../link/page.ts';
import { tokenHash } from '../link/token-hash.ts';
import type { WatchLink } from '../link/watch.ts';
import { tokensAfter } from '../../trace/trace.ts';
import { links } from '../messages/links.ts';
import { useLesson } from '../stores/lesson.ts';
import { useChoices } from '../stores/lesson-widgets.ts';
import { usePage } from '../stores/page.ts';
import { useView } from '../stores/view.ts';
import { useWhatIf } from '../stores/what-if.ts';
import {
  initialWatchState,
  playerOf,
  sameSettings,
  useWatch,
  type WatchState,
  type Wish,
} from '../stores/watch.ts';
import { seek } from '../../trace/player.ts';
import type * as LinkViews from './link-views.ts';
import type { OtherViews } from './link-views.ts';
import { run } from './run.ts';
import { linkedEdit, wishEdit } from './what-if.ts';

/** Hash of what the run on the canvas wrote; undefined before it is whole. */
export function textHash({ run: shown }: Pick<WatchState, 'run'>): string | undefined {
  const whole = shown?.traces.every((trace, i) => trace.trace.length === shown.schedules[i].length);
  return shown && whole
    ? tokenHash(shown.traces.map((trace) => tokensAfter(trace, trace.trace.length)))
    : undefined;
}

/** What the Watch view shows and was asked for, with what a link still wishes; not what it wrote. */
function watchPart(): WatchLink {
  const { settings, run: shown, sample, player, slot, colourBy, speed, wish } = useWatch.getState();
  const edit = linkedEdit();
  const imported = shown?.origin === 'imported';
  // A run of a file has slots of its own, which may be more, and no link holds such a run.
  const has = slot !== undefined && slot < settings.slots && !imported;
  const base = { settings, colourBy, speed, ...(has ? { slot } : {}) };
  const rest = { ...base, ...(edit && !imported ? { edit } : {}) };
  if (wish && sameSettings(wish.settings, settings)) {
    const { settings: _, ...wanted } = wish;
    return { sample: 0, ...rest, ...wanted };
  }
  const inside = player.position < player.total && !player.playing;
  if (shown?.taken) {
    const { link } = shown.taken;
    if (!link || !sameSettings(link.settings, settings)) return { ...base, sample: 0 };
    const { sample: text, edit: own } = link;
    // Of the original, beside which the link shows it.
    const position = Math.min(own.position + player.position, settings.slots);
    return { ...base, sample: text, edit: own, ...(inside ? { position } : {}) };
  }
  // What is on the canvas belongs to the settings only until they are changed.
  if (!shown || imported || !sameSettings(shown.settings, settings)) return { ...rest, sample: 0 };
  // What a what-if writes behind its original may be more than the slots are.
  return { ...rest, sample, ...(inside ? { position: Math.min(player.position, settings.slots) } : {}) };
}

/** The same with a hash of the text, once that is whole. */
function watchPartWithText(): WatchLink {
  const state = useWatch.getState();
  const { settings, run: shown, wish } = state;
  const wished = wish !== undefined && sameSettings(wish.settings, settings);
  const own =
    !wished &&
    shown !== undefined &&
    shown.origin !== 'imported' &&
    !shown.taken &&
    sameSettings(shown.settings, settings);
  const text = own ? textHash(state) : undefined;
  return { ...watchPart(), ...(text === undefined ? {} : { text }) };
}

/** What links say of views whose code may not be here yet: till it is, what the address said of them. */
let others: OtherViews = firstLinkState;
let views: typeof LinkViews | undefined;
let coming: Promise<void> | undefined;

/** The other views show what the address asks for, once they are there; and the address follows them. */
export async function linkedViews(): Promise<void> {
  coming ??= import('./link-views.ts').then((came) => {
    views = came;
    came.showViews(others);
    came.followViews(writeAddress);
  });
  try {
    await coming;
  } catch (error) {
    // It may be there the next time.
    coming = undefined;
    throw error;
  }
}

function pagePart(): PageLink {
  const { open, part } = useLesson.getState();
  const { controls, presenting } = usePage.getState();
  // A list has no parts.
  const lesson = open === undefined ? {} : { lesson: { open, part: open === 'contents' ? 0 : part } };
  return { controls, presenting, ...lesson };
}

/** What is chosen in the figures of the lessons, while one is open that may have them. */
function figuresPart(): FiguresLink {
  const { open } = useLesson.getState();
  if (open === undefined || open === 'contents') return firstLinkState.figures;
  const { search: _search, followed: _followed, ...figures } = useChoices.getState();
  return figures;
}

/**
 * Choose in the figures what a link with a lesson says.
 * @param slot that the link opens: a figure whose choice the link has does not follow it
 */
function showFigures(figures: FiguresLink, slot: number | undefined): void {
  const { reader, pair, slot: ofLens } = figures;
  const followed = {
    ...(reader !== undefined && { attention: slot }),
    ...(pair.length === 2 && { pair: slot }),
    ...(ofLens !== undefined && { lens: slot }),
  };
  useChoices.setState({ ...figures, followed });
}

/** The page as it is. @param texts whether with a hash of what was written in the view that is open, once that is whole */
function pageState(texts: boolean): LinkState {
  const { view } = useView.getState();
  const { race, distill, evaluate, models } = views ? views.readViews(texts && view === 'race') : others;
  return {
    ...{ view, page: pagePart(), figures: figuresPart() },
    watch: texts && view === 'watch' ? watchPartWithText() : watchPart(),
    ...{ race, distill, evaluate, models },
  };
}

/** What a link to the page as it is has to hold. */
export const linkState = (): LinkState => pageState(true);

/** What a link says of the page around the views; where it says nothing, that stays as it is. */
function showPage(page: PageLink): void {
  if (page === firstLinkState.page) return;
  const { lesson, ...rest } = page;
  usePage.setState(rest);
  useLesson.setState(lesson ?? { open: undefined, part: 0 });
}

/**
 * The link that the page as it is would have, where its address holds one that it does not follow: that stays till the
 * visitor changes something, since it may be read after a reload.
 */
let refused: string | undefined;

/** Take over what the address asks for; what needs its run is granted once that is there. @param pasted whether it takes the place of another in an open page */
export function readAddress(pasted = false): void {
  const decoded = decodeLink(location.hash);
  if ('problem' in decoded) {
    const { settings, colourBy, speed, slot, wish } = initialWatchState;
    useView.setState({ view: 'watch' });
    wishEdit(settings, 0, undefined);
    useWatch.setState({
      settings,
      colourBy,
      speed,
      slot,
      wish,
      notice: `${decoded.problem} ${refusals.instead}`,
    });
    refused = encodeLink(pageState(false));
    return;
  }
  refused = undefined;
  const { view, page, figures, watch } = decoded.state;
  const { settings, colourBy, speed, slot, sample, position, text, edit } = watch;
  others = decoded.state;
  useView.setState({ view });
  showPage(page);
  if (page.lesson || figures !== firstLinkState.figures) showFigures(figures, slot);
  if (views) views.showViews(others, pasted ? view : undefined);
  else if (saysMore(others)) linkedViews().catch(() => undefined);
  const wish: Wish = {
    settings,
    ...(sample > 0 ? { sample } : {}),
    ...(position === undefined ? {} : { position }),
    ...(text === undefined ? {} : { text }),
  };
  useWatch.setState({
    settings,
    colourBy,
    speed,
    slot,
    notice: undefined,
    wish: hasMore(wish) ? wish : undefined,
  });
  wishEdit(settings, sample, edit);
}

/** Whether a link says anything of views whose code comes later. */
const saysMore = (said: OtherViews): boolean =>
  (['race', 'distill', 'evaluate', 'models'] as const).some((view) => said[view] !== firstLinkState[view]);

const hasMore = ({ sample, position, text }: Wish): boolean =>
  sample !== undefined || position !== undefined || text !== undefined;

/** What of a link's wish can be shown by now. */
export function granted(state: WatchState): Partial<WatchState> | undefined {
  const { wish, run: shown, player } = state;
  if (!wish || !shown || shown.origin === 'imported' || !sameSettings(shown.settings, wish.settings))
    return undefined;
  const { sample, position, text } = wish;
  if (sample !== undefined) {
    if (shown.traces.length <= sample) return undefined;
    const moved = { sample, player: playerOf(shown, sample, player.position, player.playing) };
    return { ...moved, wish: without(wish, 'sample') };
  }
  if (position !== undefined) {
    if (player.available >= position)
      return { player: seek(player, position), wish: without(wish, 'position') };
    // A run that would play on would only have to jump back.
    if (player.playing) return { player: { ...player, playing: false } };
  }
  if (text === undefined || shown.origin === 'recorded' || state.status !== 'done') return undefined;
  const differs = text !== textHash(state);
  return { wish: without(wish, 'text'), ...(differs ? { notice: links.differs } : {}) };
}

function without(wish: Wish, part: 'sample' | 'position' | 'text'): Wish | undefined {
  const { [part]: _, ...rest } = wish;
  return hasMore(rest) ? rest : undefined;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Keep the address in step with the page, so that a reload or a bookmark brings it back. */
function writeAddress(): void {
  // Browsers allow about a hundred changes of the address in 30 s. While a run plays, changes do not pause.
  timer ??= setTimeout(() => {
    timer = undefined;
    const { pathname, search, hash } = location;
    const next = encodeLink(pageState(false));
    if (next === refused) return;
    refused = undefined;
    if (next !== hash) history.replaceState(null, '', `${pathname}${search}${next}`);
  }, 400);
}

/** From now on: what the page shows goes to the address, and a link that is pasted there is followed. */
export function followAddress(): void {
  useWatch.subscribe(writeAddress);
  useWhatIf.subscribe(writeAddress);
  useView.subscribe(writeAddress);
  usePage.subscribe(writeAddress);
  useLesson.subscribe(writeAddress);
  useChoices.subscribe(writeAddress);
  useWatch.subscribe((state) => {
    const change = granted(state);
    if (change) useWatch.setState(change);
  });
  window.addEventListener('hashchange', () => {
    readAddress(true);
    void run({ linked: true });
  });
}
