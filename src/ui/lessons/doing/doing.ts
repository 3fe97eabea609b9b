import { showControls } from '../../actions/view.ts';
import { panel } from '../../messages/lessons/panel.ts';
import { useEngine } from '../../stores/engine.ts';
import { usePage } from '../../stores/page.ts';
import { useView, type View } from '../../stores/view.ts';

/** What was done, in a sentence; or why it could not be. */
export type Outcome = string | { failed: string };

/** What a word of a lesson does, from whatever state the page is in. */
export interface Doing {
  /** Selector of what is to be looked at then: it comes into sight. */
  shows: string;
  /** Selector of what was changed by it, framed for a moment; absent: what is looked at. */
  frames?: string;
  /** Whether a lesson that stands above the view folds, since what is shown needs the screen. */
  folds?: true;
  act: () => Outcome | Promise<Outcome>;
}

/** Show a view. */
export function openView(view: View): void {
  useView.setState({ view });
}

/** Where settings are hidden and one of them was changed: show them, and say so. @param said what was done */
export function inSight(said: string): string {
  if (usePage.getState().controls === 'shown') return said;
  showControls();
  return `${said} ${panel.does.settings}`;
}

interface Store<T> {
  getState: () => T;
  subscribe: (listener: (state: T) => void) => () => void;
}

/** Wait until a store has come so far. @param patience ms @returns whether it has */
export function came<T>(store: Store<T>, far: (state: T) => boolean, patience = 20_000): Promise<boolean> {
  if (far(store.getState())) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (done: boolean): void => {
      clearTimeout(timer);
      stop();
      resolve(done);
    };
    const timer = setTimeout(finish, patience, false);
    const stop = store.subscribe((state) => {
      if (far(state)) finish(true);
    });
  });
}

/** Wait for the engine to say which models there are. */
export const modelsKnown = (): Promise<boolean> =>
  came(useEngine, ({ ready, models }) => ready !== undefined && models.length > 0);
