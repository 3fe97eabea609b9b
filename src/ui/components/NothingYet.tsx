import { showControls } from '../actions/view.ts';
import { nothingYet as words } from '../messages/nothing-yet.ts';
import { usePage } from '../stores/page.ts';

/** In a view whose settings are hidden, and which has nothing to show without them: where they are. */
export function NothingYet({ of, onShow }: { of: 'evaluate' | 'distill'; onShow: () => void }) {
  const hidden = usePage(({ controls }) => controls === 'hidden');
  if (!hidden) return null;
  return (
    <p className="nothing-yet">
      {words[of]}{' '}
      <button
        type="button"
        onClick={() => {
          // It is gone in a moment; the view that it changes has the focus then.
          onShow();
          showControls();
        }}
      >
        {words.show}
      </button>
    </p>
  );
}
