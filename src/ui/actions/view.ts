import { usePage } from '../stores/page.ts';
import { useWatch, type ColourBy } from '../stores/watch.ts';

/** What the colour of slots stands for; the stored numbers tell, the model is not asked again. */
export const setColourBy = (colourBy: ColourBy): void => {
  useWatch.setState({ colourBy });
};

/** The visitor has read it. */
export const dismissNotice = (): void => {
  useWatch.setState({ notice: undefined });
};

/** The settings of all views come back. */
export const showControls = (): void => {
  usePage.setState({ controls: 'shown' });
};
