import { create } from 'zustand';

/** How the page is shown, whatever view is open. */
export interface PageState {
  /** Whether settings are shown beside what a model does; hidden, they are one button away. */
  controls: 'shown' | 'hidden';
  /** For a room: large type, strong contrast, keys of a presenter; the browser's full screen is asked for besides. */
  presenting: boolean;
}

export const initialPageState: PageState = { controls: 'shown', presenting: false };

/** The page around the views. */
export const usePage = create<PageState>()(() => initialPageState);
