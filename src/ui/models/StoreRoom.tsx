import { removeFromStore } from '../actions/model-store.ts';
import { Confirm } from '../components/Confirm.tsx';
import { Notice } from '../components/Notice.tsx';
import { withFocus } from '../distill/focus.ts';
import { models } from '../messages/models.ts';
import { useModels } from '../stores/models.ts';
import { deleteAllText, roomText } from './words.ts';

const words = models.room;

/** The room that the browser gives, and what of it is taken. */
export function StoreRoom() {
  const store = useModels((state) => state.store);
  if (!store) return <p className="hint store-room">{words.reading}</p>;
  const { models, partial, inMemory = [], usage, quota, persisted, unsaved } = store;
  const room = roomText(store);
  const kept = models.reduce((sum, one) => sum + one.bytes, 0);
  const count = models.length + partial.length + inMemory.length;
  return (
    <div className="store-room">
      {unsaved !== undefined && <Notice kind="warning">{unsaved}</Notice>}
      {room !== undefined && usage !== undefined && quota !== undefined && (
        <div
          className="room-bar"
          role="img"
          aria-label={room}
          style={
            {
              '--kept': quota > 0 ? Math.min(1, kept / quota) : 0,
              '--used': quota > 0 ? Math.min(1, usage / quota) : 0,
            } as React.CSSProperties
          }
        />
      )}
      <div className="room-line">
        <p className="hint">
          {room} {persisted === true && words.promised}
          {persisted === false && words.open}
        </p>
        {count > 0 && (
          <Confirm
            label={words.deleteAll}
            asks={deleteAllText(store)}
            yes={words.deleteAllYes}
            no={words.deleteAllNo}
            onYes={() => {
              void withFocus(removeFromStore({ all: true }).then(() => undefined));
            }}
          />
        )}
      </div>
    </div>
  );
}
