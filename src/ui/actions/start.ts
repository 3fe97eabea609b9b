import { engine } from '../engine.ts';
import { useEngine, withProgress } from '../stores/engine.ts';
import { firstSettings, recordedRun, sameSettings, useWatch, withRun } from '../stores/watch.ts';
import { recorded } from '../watch/recorded.ts';
import { toFailure } from './failure.ts';
import { followAddress, readAddress } from './link.ts';
import { run } from './run.ts';
import { learnReleased } from './same-words.ts';
import { followWhatIf } from './what-if.ts';

let following = false;

function follow(): void {
  if (following) return;
  following = true;
  followWhatIf();
  followAddress();
  engine.onProgress((progress) => {
    useEngine.setState(({ opening }) => ({ opening: withProgress(opening, progress) }));
  });
  engine.onNotice((error) => {
    useWatch.setState({ failure: toFailure(error) });
    // After the second loss another backend answers.
    void engine.call('ready', {}).then(
      (ready) => {
        useEngine.setState({ ready });
      },
      () => undefined,
    );
  });
}

/** While the weights are on their way, the run that they will write is played from a record, if it is the one asked for. */
function playRecorded(): void {
  const { settings, run: shown } = useWatch.getState();
  if (shown || !sameSettings(settings, firstSettings)) return;
  useWatch.setState(withRun(recordedRun(recorded.trace, recorded.vocabulary, settings)));
}

/** Open the GPU, list the models, and let the first run begin. */
export async function start(): Promise<void> {
  follow();
  readAddress();
  playRecorded();
  const { asked } = useWatch.getState();
  useEngine.setState({ failure: undefined, ready: undefined });
  try {
    const [ready, models] = await Promise.all([engine.call('ready', {}), engine.call('models', {})]);
    await learnReleased(models);
    useEngine.setState({ ready, models });
  } catch (error) {
    useEngine.setState({ failure: toFailure(error) });
    return;
  }
  // A link that was followed meanwhile has a run of its own.
  // So does a trace that was opened.
  const { asked: now, run: shown } = useWatch.getState();
  if (now === asked && shown?.origin !== 'imported') await run({ handover: true });
}
