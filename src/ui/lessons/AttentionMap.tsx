import { useEffect, useMemo, useRef } from 'react';
import { askAttention } from '../actions/lesson-ask.ts';
import { choose, movePositions } from '../actions/lesson-widgets.ts';
import { Choice } from '../components/Choice.tsx';
import { Select } from '../components/Select.tsx';
import { attentionMap as says } from '../messages/lessons/attention-map.ts';
import { titleOf } from '../race/name.ts';
import { useEngine } from '../stores/engine.ts';
import { useAttention, useChoices, type Question } from '../stores/lesson-widgets.ts';
import { useWatch } from '../stores/watch.ts';
import { number } from '../../words/numbers.ts';
import { mostRead, rowOf } from './attention.ts';
import { HeadReading } from './HeadReading.tsx';
import { positionWords } from './position-words.ts';
import { maskedSlots, textOf, type ShownText } from './shown-text.ts';
import { useOpenedSlot, useShownText, Widget } from './widget-parts.tsx';

/** The bundled causal model, where it reads the same tokens as the model of a run. */
function useCausal(model: string | undefined): string | undefined {
  return useEngine(({ models }) => {
    const own = models.find(({ id }) => id === model);
    const known = own?.origin === 'bundled' || own?.origin === 'distilled';
    return models.find(
      ({ kind, origin, vocabulary }) =>
        known && kind === 'causal' && origin === 'bundled' && vocabulary === own.vocabulary,
    )?.id;
  });
}

/** What is asked now. */
function useQuestion(text: ShownText | undefined, causal: string | undefined) {
  const run = useWatch((state) => state.run);
  const sample = useWatch((state) => state.sample);
  const { layer, head } = useChoices();
  return useMemo((): Question<'attention'> | undefined => {
    // A causal model knows no mask: it reads the text as it was in the end.
    const end = causal !== undefined && run ? textOf(run, sample, Infinity) : undefined;
    const read = causal === undefined ? text : end?.whole ? { ...end, model: causal } : undefined;
    if (!read) return undefined;
    const { model, tokens, t } = read;
    return { text: read, options: { model, tokens: [...tokens], t, layer, head } };
  }, [text, causal, run, sample, layer, head]);
}

/** The first masked position; of a text without any, one in its middle. */
const firstReader = (text: ShownText): number =>
  (maskedSlots(text).at(0) ?? Math.floor((text.tokens.length - text.given) / 2)) + text.given;

/** Where one head of the network looks, in the text on the canvas. */
export function AttentionMap() {
  const { text, whyNot } = useShownText();
  const models = useEngine((state) => state.models);
  const { layer, head, causal: wanted, reader, read } = useChoices();
  const causalId = useCausal(text?.model);
  const question = useQuestion(text, wanted ? causalId : undefined);
  const answer = useAttention();
  const given = text?.given;
  const before = useRef(given);
  useEffect(() => {
    if (given === undefined) return;
    if (before.current !== undefined && before.current !== given) movePositions(given - before.current);
    before.current = given;
  }, [given]);
  useOpenedSlot('attention', text, (slot) => {
    choose({ reader: slot + (text?.given ?? 0) });
  });
  useEffect(() => {
    askAttention.ask(question);
  }, [question]);
  useEffect(() => askAttention.leave, []);

  const { known } = answer;
  const shown = known?.question.text;
  const last = (known?.result.length ?? 1) - 1;
  const chosenReader = shown ? Math.min(last, reader ?? firstReader(shown)) : 0;
  const chosenRead =
    known && shown ? Math.min(last, read ?? mostRead(rowOf(known.result, chosenReader), 1)[0].position) : 0;
  const count = (name: 'layers' | 'heads', least: number): number =>
    Math.max(known?.result[name] ?? 1, least + 1);
  const numbered = (all: number) =>
    Array.from({ length: all }, (_, value) => ({ value, label: number(value + 1) }));
  return (
    <Widget
      name="attention"
      answer={answer}
      again={askAttention.again}
      whyNot={whyNot ?? (question ? undefined : says.causalWaits)}
      choices={
        <>
          {text && causalId !== undefined && (
            <Choice
              legend={says.model}
              options={[
                { value: 'own', label: titleOf(text.model, models) },
                { value: 'causal', label: titleOf(causalId, models) },
              ]}
              value={wanted ? 'causal' : 'own'}
              onChange={(value) => {
                choose({ causal: value === 'causal' });
              }}
            />
          )}
          <div className="widget-choices">
            <Select
              label={says.layer}
              options={numbered(count('layers', layer))}
              value={layer}
              onChange={(value) => {
                choose({ layer: value });
              }}
            />
            <Select
              label={says.head}
              options={numbered(count('heads', head))}
              value={head}
              onChange={(value) => {
                choose({ head: value });
              }}
            />
            {shown && (
              <Select
                label={says.reader}
                options={[...shown.tokens.keys()].map((value) => ({
                  value,
                  label: positionWords(shown, value),
                }))}
                value={chosenReader}
                onChange={(value) => {
                  choose({ reader: value, read: undefined });
                }}
              />
            )}
          </div>
        </>
      }
    >
      {known && shown && (
        <HeadReading result={known.result} text={shown} chosen={{ reader: chosenReader, read: chosenRead }} />
      )}
    </Widget>
  );
}
