import type { Trace } from '../../trace/trace.ts';
import { saveStepPng, saveStepSvg } from '../actions/save-step.ts';
import { SaveFiles } from '../components/SaveFiles.tsx';
import { traces } from '../messages/traces.ts';
import { titleOf } from '../race/name.ts';
import { useEngine } from '../stores/engine.ts';
import type { Run } from '../stores/watch.ts';
import type { StepPicture } from './step-svg.ts';

const words = traces.step;

/** The step that is shown as a picture. */
export function SaveStep({
  run,
  trace,
  ...shown
}: Pick<StepPicture, 'slots' | 'heats' | 'scale' | 'sentence'> & {
  run: Run | undefined;
  trace: Trace | undefined;
}) {
  const models = useEngine((state) => state.models);
  const picture = (): StepPicture => {
    const { model, sampler, steps, forwardPasses, seed } = trace!;
    const title = run?.file?.content.model?.title ?? titleOf(model, models);
    return {
      ...{ ...shown, vocabulary: run!.vocabulary, steps, pins: run!.settings.pins },
      facts: words.facts(title, sampler, steps, forwardPasses, seed),
    };
  };
  return (
    <SaveFiles
      title={words.title}
      forms={[
        { label: words.svg, save: () => saveStepSvg(picture()) },
        { label: words.png, save: () => saveStepPng(picture()) },
      ]}
      nothing={trace === undefined ? words.nothing : undefined}
    />
  );
}
