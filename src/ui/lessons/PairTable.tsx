import { useEffect, useMemo, type CSSProperties } from 'react';
import type { PairResult } from '../../worker/protocol.ts';
import { askPair } from '../actions/lesson-ask.ts';
import { addToPair, choose, findPair, stopSearch } from '../actions/lesson-widgets.ts';
import { Select } from '../components/Select.tsx';
import { pairTable as says } from '../messages/lessons/pair-table.ts';
import { widgets } from '../messages/lessons/widgets.ts';
import { useChoices, usePair, type Question } from '../stores/lesson-widgets.ts';
import { useWatch } from '../stores/watch.ts';
import { PieceText } from '../watch/PieceText.tsx';
import { share } from '../../words/numbers.ts';
import { apartness, cellOf, cellsOf, overrated, slotsOf, type Cell, type Two } from './pair.ts';
import { tokenWords } from './position-words.ts';
import { maskedSlots, type ShownText } from './shown-text.ts';
import { useOpenedSlot, useShownText, Widget } from './widget-parts.tsx';

/** Tokens of each slot that have room in the table. */
const ROOM: Two = [5, 4];
/** Tokens of the first slot that are asked for. */
const TRIED = 8;
/** Least part of all draws that a pair may be drawn too often to be worth a sentence. */
const WORTH = 0.005;

/** A chance as a bar of a table, and as a number. */
function Bar({ of, value, most }: { of: 'product' | 'joint'; value: number; most: number }) {
  return (
    <span className="pair-line" data-of={of} data-value={value}>
      <span className="pair-bar" style={{ '--share': value / most } as CSSProperties} />
      <span>{share(value)}</span>
    </span>
  );
}

function Table({ result, text, slots }: { result: PairResult; text: ShownText; slots: Two }) {
  const cells = cellsOf(result, ROOM);
  const most = Math.max(...cells.flat().flatMap(({ product, joint }) => [product, joint]));
  const { vocabulary } = text;
  return (
    <>
      <ul className="widget-key" aria-hidden="true">
        {(['product', 'joint'] as const).map((of) => (
          <li key={of} className="pair-line" data-of={of}>
            <span className="pair-bar" />
            {says.key[of]}
          </li>
        ))}
      </ul>
      <table className="pair-table">
        <caption className="hint">{says.caption(slots[0] + 1, slots[1] + 1)}</caption>
        <thead>
          <tr>
            <td />
            {cells[0].map(({ tokens: [, b] }) => (
              <th key={b} scope="col">
                <PieceText token={b} vocabulary={vocabulary} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cells.map((row) => (
            <tr key={row[0].tokens[0]}>
              <th scope="row">
                <PieceText token={row[0].tokens[0]} vocabulary={vocabulary} />
              </th>
              {row.map(({ tokens: [, b], product, joint }) => (
                <td key={b}>
                  <span aria-hidden="true">
                    <Bar of="product" value={product} most={most} />
                    <Bar of="joint" value={joint} most={most} />
                  </span>
                  <span className="visually-hidden">{says.cell(product, joint)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** What the tables come to, in sentences: the likeliest pairs both ways, and how far apart the laws are. */
export function pairSentences(result: PairResult, text: ShownText, [a, b]: Two): string[] {
  const name = ([x, y]: Cell['tokens']): string => widgets.pair(tokenWords(x, text), tokenWords(y, text));
  const { likeliest, distance, held } = result;
  const product = cellOf(result, likeliest.product);
  const joint = cellOf(result, likeliest.joint);
  const same = String(likeliest.product) === String(likeliest.joint);
  const wrong = overrated(result);
  const told = String(wrong.tokens) === String(likeliest.product);
  return [
    ...(product ? [says.product(name(product.tokens), product.product, product.joint)] : []),
    ...(same ? [says.same] : joint ? [says.joint(name(joint.tokens), joint.joint, joint.product)] : []),
    ...(!told && wrong.product - wrong.joint > WORTH
      ? [says.overrated(name(wrong.tokens), wrong.product, wrong.joint)]
      : []),
    says.apart[apartness(distance)](a + 1, b + 1, distance),
    ...(held < 0.9 ? [says.held(a + 1, held)] : []),
  ];
}

/** Two masked slots of the text on the canvas: drawn in one step, and one after the other. */
export function PairTable() {
  const { text, whyNot } = useShownText();
  const { pair, search } = useChoices();
  const slot = useWatch((state) => state.slot);
  const playing = useWatch(({ player }) => player.playing);
  const answer = usePair();
  const masked = useMemo(() => (text ? maskedSlots(text) : []), [text]);
  const slots = useMemo(() => slotsOf(pair, masked), [pair, masked]);
  // Two slots that disagree are more worth a look than the first two.
  const wanted =
    text !== undefined && slots !== undefined && pair.length === 0 && !playing && search === 'idle';
  const question = useMemo((): Question<'pair'> | undefined => {
    if (!text || !slots || wanted || search === 'searching') return undefined;
    const { model, tokens, t, temperature, topP, given } = text;
    const positions: [number, number] = [slots[0] + given, slots[1] + given];
    return {
      text,
      options: { model, tokens: [...tokens], positions, t, temperature, topP, top: TRIED },
    };
  }, [text, slots, wanted, search]);
  useOpenedSlot('pair', text, addToPair);
  useEffect(() => {
    if (wanted && slot === undefined) void findPair(text);
  }, [wanted, slot, text]);
  useEffect(() => {
    askPair.ask(question);
  }, [question]);
  useEffect(
    () => () => {
      askPair.leave();
      stopSearch();
    },
    [],
  );
  const { known } = answer;
  const shown = known?.question.text;
  const of =
    known && shown && (known.result.positions.map((position) => position - shown.given) as [number, number]);
  const options = masked.map((value) => ({ value, label: says.slot(value + 1) }));
  return (
    <Widget
      name="pair"
      answer={answer}
      again={askPair.again}
      whyNot={whyNot ?? (slots ? undefined : widgets.fewMasks)}
      canGoBack={whyNot === undefined}
      choices={
        text &&
        slots && (
          <>
            <div className="widget-choices">
              {says.slots.map((label, i) => (
                <Select
                  key={label}
                  label={label}
                  options={options.filter(({ value }) => value !== slots[1 - i])}
                  value={slots[i]}
                  onChange={(value) => {
                    choose({ pair: i === 0 ? [value, slots[1]] : [slots[0], value] });
                  }}
                />
              ))}
              <button
                type="button"
                className="small"
                aria-disabled={search === 'searching'}
                onClick={() => {
                  if (search !== 'searching') void findPair(text);
                }}
              >
                {search === 'searching' ? says.searching : says.search}
              </button>
            </div>
            <p className="hint" role={typeof search === 'object' ? 'alert' : undefined}>
              {typeof search === 'object' ? search.failed : says.hint}
            </p>
          </>
        )
      }
    >
      {known && shown && of && (
        <>
          <div aria-live={playing ? 'off' : 'polite'}>
            {pairSentences(known.result, shown, of).map((sentence, i) => (
              <p key={i} className={i === 0 ? 'widget-sentence' : undefined}>
                {sentence}
              </p>
            ))}
          </div>
          <Table result={known.result} text={shown} slots={of} />
        </>
      )}
    </Widget>
  );
}
