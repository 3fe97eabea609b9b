import { decodeLink, encodeLink, INSTEAD, type LinkState } from '../link/link.ts';
import { tokenHash } from '../link/token-hash.ts';
import { tokensAfter } from '../../trace/trace.ts';
import { useView } from '../stores/view.ts';
import {
  initialWatchState,
  playerOf,
  sameSettings,
  useWatch,
  type WatchState,
  type Wish,
} from '../stores/watch.ts';
import { seek } from '../../trace/player.ts';
import { run } from './run.ts';

/** Hash of what the run on the canvas wrote; undefined before it is whole. */
export function textHash({ run: shown }: Pick<WatchState, 'run'>): string | undefined {
  const whole = shown?.traces.every((trace, i) => trace.trace.length === shown.schedules[i].length);
  return shown && whole
    ? tokenHash(shown.traces.map((trace) => tokensAfter(trace, trace.trace.length)))
    : undefined;
}

/** What the page shows and was asked for, with what a link still wishes; not what it wrote. */
function pageState(): LinkState {
  const { settings, run: shown, sample, player, slot, colourBy, speed, wish } = useWatch.getState();
  const { view } = useView.getState();
  const rest = { view, settings, colourBy, speed, ...(slot === undefined ? {} : { slot }) };
  if (wish && sameSettings(wish.settings, settings)) {
    const { settings: _, ...wanted } = wish;
    return { sample: 0, ...rest, ...wanted };
  }
  // What is on the canvas belongs to the settings only until they are changed.
  // No link holds a run of a file.
  if (!shown || shown.origin === 'imported' || !sameSettings(shown.settings, settings))
    return { ...rest, sample: 0 };
  const inside = player.position < player.total && !player.playing;
  return { ...rest, sample, ...(inside ? { position: player.position } : {}) };
}

/** What a link to the page as it is has to hold: a hash of the text too, once that is whole. */
export function linkState(): LinkState {
  const state = useWatch.getState();
  const { settings, run: shown, wish } = state;
  const wished = wish !== undefined && sameSettings(wish.settings, settings);
  const own =
    !wished && shown !== undefined && shown.origin !== 'imported' && sameSettings(shown.settings, settings);
  const text = own ? textHash(state) : undefined;
  return { ...pageState(), ...(text === undefined ? {} : { text }) };
}

/** Take over what the address asks for; what needs its run is granted once that is there. */
export function readAddress(): void {
  const decoded = decodeLink(location.hash);
  if ('problem' in decoded) {
    const { settings, colourBy, speed, slot, wish } = initialWatchState;
    useView.setState({ view: 'watch' });
    useWatch.setState({ settings, colourBy, speed, slot, wish, notice: `${decoded.problem} ${INSTEAD}` });
    return;
  }
  const { view, settings, colourBy, speed, slot, sample, position, text } = decoded.state;
  useView.setState({ view });
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
}

const hasMore = ({ sample, position, text }: Wish): boolean =>
  sample !== undefined || position !== undefined || text !== undefined;

const DIFFERS =
  'This text differs from the one that the link was made from: another GPU rounds the last bits in another way, or the model has changed.';

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
  return { wish: without(wish, 'text'), ...(differs ? { notice: DIFFERS } : {}) };
}

function without(wish: Wish, part: 'sample' | 'position' | 'text'): Wish | undefined {
  const { [part]: _, ...rest } = wish;
  return hasMore(rest) ? rest : undefined;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Keep the address in step with the page, so that a reload or a bookmark brings it back. */
function writeAddress(): void {
  clearTimeout(timer);
  // Browsers allow about a hundred changes of the address in 30 s.
  timer = setTimeout(() => {
    const { pathname, search, hash } = location;
    const next = encodeLink(pageState());
    if (next !== hash) history.replaceState(null, '', `${pathname}${search}${next}`);
  }, 400);
}

/** From now on: what the page shows goes to the address, and a link that is pasted there is followed. */
export function followAddress(): void {
  useWatch.subscribe(writeAddress);
  useView.subscribe(writeAddress);
  useWatch.subscribe((state) => {
    const change = granted(state);
    if (change) useWatch.setState(change);
  });
  window.addEventListener('hashchange', () => {
    readAddress();
    void run({ linked: true });
  });
}
