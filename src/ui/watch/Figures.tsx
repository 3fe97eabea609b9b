import { copyLink, copyTrace } from '../actions/copy.ts';
import { traces as words } from '../messages/traces.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { Figure } from '../components/Figure.tsx';
import { onCpu, useEngine } from '../stores/engine.ts';
import { useWatch, type Cost } from '../stores/watch.ts';
import { SaveTrace } from './SaveTrace.tsx';
import { duration, number, plural } from './numbers.ts';

/** The time of a run: that of the GPU's own clock where it has one for us. */
function Time({ cost, machine }: { cost: Cost | undefined; machine: string | undefined }) {
  const gpu = cost?.gpuMilliseconds;
  return gpu === undefined ? (
    <Figure value={cost && duration(cost.milliseconds)}>
      wall time, all passes
      <small>{machine ?? 'waiting included'}</small>
    </Figure>
  ) : (
    <Figure value={duration(gpu)}>
      GPU time, all passes
      <small>{machine ?? `of ${duration(cost!.milliseconds)} wall time`}</small>
    </Figure>
  );
}

const elsewhere = (made: { backend: string; software: boolean } | undefined): string =>
  made?.software === true || made?.backend === 'wasm' ? words.elsewhereCpu : words.elsewhere;

/** What the run cost, each number with what it means. */
export function Figures() {
  const run = useWatch((state) => state.run);
  const sample = useWatch((state) => state.sample);
  const ready = useEngine((state) => state.ready);
  const trace = run?.traces[sample];
  const cost = run?.cost;
  const written = trace ? trace.initial.filter((token) => token === trace.maskId).length : 0;
  const passes = trace?.forwardPasses;
  const texts = run?.traces.length ?? 1;
  const nominal =
    trace && (trace.steps > 0 ? plural(trace.steps, 'nominal step', 'nominal steps') : 'no step count');
  return (
    <section className="card" aria-labelledby="figures-title">
      <div className="card-head">
        <h2 id="figures-title">This run</h2>
        <CopyButton label="Copy trace" copy={copyTrace} />
        <SaveTrace />
        {/* No link holds a run of a file. */}
        {run?.origin !== 'imported' && <CopyButton label="Copy link" copy={copyLink} />}
      </div>
      <dl className="figures">
        <Figure value={passes === undefined ? undefined : number(passes)}>
          forward passes
          <small>{nominal ? (trace.steps > 0 ? `for ${nominal}` : nominal) : ' '}</small>
        </Figure>
        <Figure value={passes === undefined ? undefined : number(written / passes, 1)}>
          tokens per pass
          <small>{trace ? `${number(written)} written${texts > 1 ? ', per text' : ''}` : ' '}</small>
        </Figure>
        <Time
          cost={cost}
          machine={
            run?.file ? elsewhere(run.file.content.made) : onCpu(ready) ? 'on a CPU, not a GPU' : undefined
          }
        />
        {cost?.backend === 'wasm' ? (
          <Figure value={number(cost.submits)}>
            calls of onnxruntime
            <small>one for each text and pass</small>
          </Figure>
        ) : (
          <Figure value={cost ? number(cost.dispatches) : undefined}>
            GPU dispatches
            <small>{cost ? `in ${plural(cost.submits, 'submit', 'submits')}` : ' '}</small>
          </Figure>
        )}
      </dl>
      <p className="hint provenance">
        {run?.file
          ? words.provenance
          : cost && ready
            ? `${trace!.sampler}, ${cost.weights} weights, f32 arithmetic; ${cost.backend} on ${ready.adapter}${texts > 1 ? `; times and dispatches of all ${texts} texts` : ''}.`
            : run?.origin === 'recorded'
              ? 'Times come with the live run: a record has none of this machine.'
              : ' '}
      </p>
    </section>
  );
}
