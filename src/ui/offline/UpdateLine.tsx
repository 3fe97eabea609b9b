import { offline } from '../messages/offline.ts';
import { useOffline } from '../stores/offline.ts';

const openIt = (): void => {
  void import('../actions/offline.ts').then(({ openNewVersion }) => openNewVersion());
};

/** Said once a newer version is here. It never opens by itself: a class may be in the middle of something. */
export function UpdateLine() {
  const update = useOffline((state) => state.update);
  return (
    <div role="status">
      {update && (
        <p className="update-line">
          {offline.update.ready}{' '}
          <button type="button" className="small" title={offline.update.what} onClick={openIt}>
            {offline.update.open}
          </button>
        </p>
      )}
    </div>
  );
}
