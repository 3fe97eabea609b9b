import { localised } from '../../words/localised.ts';

/** The page before a room. */
export const words = localised({
  present: 'Present',
  leave: 'Leave',
  presentTitle: 'Full screen, in large type and strong contrast; key P',
  leaveTitle: 'Back to the page as it was; keys P and Escape',
  /** What a presenter's keys do, by what is shown. */
  keys: {
    lesson: '<key>Page ↓</key> <key>Page ↑</key> go through the lesson',
    steps: '<key>Page ↓</key> <key>Page ↑</key> step, <key>Space</key> plays',
    moments: '<key>Page ↓</key> <key>Page ↑</key> from moment to moment, <key>Space</key> plays',
    phases: '<key>Page ↓</key> one phase, <key>Space</key> starts and pauses',
    pages: '<key>Page ↓</key> <key>Page ↑</key> go through the page',
    leave: '<key>Esc</key> leaves',
  },
});
