import { useState } from 'react';
import { panel } from '../messages/lessons/panel.ts';
import { Rich, type Parts } from '../messages/Rich.tsx';
import type { Part } from './chapters.ts';
import { useEngine } from '../stores/engine.ts';
import { show } from './doing/show.ts';
import { Live } from './Live.tsx';
import { WIDGETS } from './widgets.tsx';

/** What came of the word that was clicked last. */
interface Said {
  text: string;
  failed: boolean;
}

/** The text of a part, its words that do something, and what belongs to it. */
export function PartView({
  part: { words, does, widget, live, trains },
  onFold,
}: {
  part: Part;
  /** What a word shows needs the screen. */
  onFold: () => void;
}) {
  const cannot = useEngine(({ ready }) => trains === true && ready?.backend === 'wasm');
  const [done, setDone] = useState<readonly string[]>([]);
  const [said, setSaid] = useState<Said>({ text: '', failed: false });
  const perform = async (name: string): Promise<void> => {
    const outcome = await does[name].act();
    const failed = typeof outcome !== 'string';
    setSaid({ text: failed ? outcome.failed : outcome, failed });
    setDone((before) => [...before.filter((one) => one !== name), ...(failed ? [] : [name])]);
    if (!failed && does[name].folds) onFold();
    await show(does[name]);
  };
  const drawn: Parts = Object.fromEntries(
    Object.keys(does).map((name) => [
      name,
      (text: string) => (
        <button type="button" className="do" onClick={() => void perform(name)}>
          {text}
          {done.includes(name) && (
            <>
              <span aria-hidden="true"> ✓</span>
              <span className="visually-hidden"> ({panel.done})</span>
            </>
          )}
        </button>
      ),
    ]),
  );
  const Widget = widget && WIDGETS[widget];
  return (
    <>
      {cannot && <p className="lesson-cannot">{panel.noTraining}</p>}
      <div className="lesson-text">
        {words.text.map((paragraph) => (
          <p key={paragraph}>
            <Rich text={paragraph} parts={drawn} />
          </p>
        ))}
      </div>
      {Widget && <Widget />}
      {live && <Live of={live} />}
      <p className="lesson-said" role="status" data-failed={said.failed}>
        {said.text}
      </p>
    </>
  );
}
