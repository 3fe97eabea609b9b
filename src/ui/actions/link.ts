import { decodeLink, encodeLink, INSTEAD, type LinkState } from '../link/link.ts';
import { tokenHash } from '../link/token-hash.ts';
import { tokensAfter } from '../../trace/trace.ts';
import { initialWatchState, sameSettings, useWatch, type WatchState } from '../stores/watch.ts';
import { run } from './run.ts';
import { seekTo, showSample } from './transport.ts';

/** Hash of what the run on the canvas wrote; undefined before it is whole. */
export function textHash({ run: shown }: Pick<WatchState, 'run'>): string | undefined {
  const whole = shown?.traces.every((trace, i) => trace.trace.length === shown.schedules[i].length);
  return shown && whole
    ? tokenHash(shown.traces.map((trace) => tokensAfter(trace, trace.trace.length)))
    : undefined;
}

/** What a link to the page as it is has to hold. */
export function linkState(): LinkState {
  const state = useWatch.getState();
  const { settings, run: shown, sample, player, slot, colourBy, speed } = state;
  // What is on the canvas belongs to the settings only until they are changed.
  const current = shown !== undefined && sameSettings(shown.settings, settings);
  const text = current ? textHash(state) : undefined;
  const inside = current && player.position < player.total && !player.playing;
  return {
    ...{ view: 'watch', settings, sample: current ? sample : 0, colourBy, speed },
    ...(inside ? { position: player.position } : {}),
    ...(slot === undefined ? {} : { slot }),
    ...(text === undefined ? {} : { text }),
  };
}

/**
 * Take over what the address asks for.
 * @returns what is left to do once its run is written
 */
export function readAddress(): () => void {
  const decoded = decodeLink(location.hash);
  if ('problem' in decoded) {
    useWatch.setState({ ...firstLinkView(), notice: `${decoded.problem} ${INSTEAD}` });
    return () => undefined;
  }
  const { settings, colourBy, speed, slot, sample, position, text } = decoded.state;
  useWatch.setState({ settings, colourBy, speed, slot, notice: undefined });
  return () => {
    const state = useWatch.getState();
    // Somebody may have asked for something else meanwhile.
    if (state.status !== 'done' || !state.run || !sameSettings(state.run.settings, settings)) return;
    if (sample > 0) showSample(sample);
    if (position !== undefined) seekTo(position);
    if (text !== undefined && text !== textHash(state)) {
      useWatch.setState({
        notice:
          'This text differs from the one that the link was made from: another GPU rounds the last bits in another way, or the model has changed.',
      });
    }
  };
}

const firstLinkView = () => {
  const { settings, colourBy, speed, slot } = initialWatchState;
  return { settings, colourBy, speed, slot };
};

let timer: ReturnType<typeof setTimeout> | undefined;

/** Keep the address in step with the page, so that a reload or a bookmark brings it back. */
function writeAddress(): void {
  clearTimeout(timer);
  // Browsers allow about a hundred changes of the address in 30 s.
  timer = setTimeout(() => {
    const { text: _, ...state } = linkState();
    const { pathname, search, hash } = location;
    const next = encodeLink(state);
    if (next !== hash) history.replaceState(null, '', `${pathname}${search}${next}`);
  }, 400);
}

/** From now on: what the page shows goes to the address, and a link that is pasted there is followed. */
export function followAddress(): void {
  useWatch.subscribe(writeAddress);
  window.addEventListener('hashchange', () => {
    const finish = readAddress();
    void run().then(finish);
  });
}
