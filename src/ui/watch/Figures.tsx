import { copyTrace } from '../actions/copy.ts';
import { traces } from '../messages/traces.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { Figure } from '../components/Figure.tsx';
import { watch } from '../messages/watch.ts';
import { onCpu, useEngine } from '../stores/engine.ts';
import { useWatch, type Cost } from '../stores/watch.ts';
import { OpenTraceHere } from './OpenTrace.tsx';
import { SaveTrace } from './SaveTrace.tsx';
import { duration, number } from '../../words/numbers.ts';

const words = watch.figures;

/** The time of a run: that of the GPU's own clock where it has one for us. */
function Time({ cost, machine }: { cost: Cost | undefined; machine: string | undefined }) {
  const gpu = cost?.gpuMilliseconds;
  return gpu === undefined ? (
    <Figure value={cost && duration(cost.milliseconds)}>
      {words.wall}
      <small>{machine ?? words.waiting}</small>
    </Figure>
  ) : (
    <Figure value={duration(gpu)}>
      {words.gpu}
      <small>{machine ?? words.ofWall(cost!.milliseconds)}</small>
    </Figure>
  );
}

const elsewhere = (made: { backend: string; software: boolean } | undefined): string =>
  made?.software === true || made?.backend === 'wasm' ? traces.elsewhereCpu : traces.elsewhere;

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
  const nominal = trace && (trace.steps > 0 ? words.nominal(trace.steps) : words.noSteps);
  const made = texts > 1 ? words.madeAll : words.made;
  return (
    <section className="card" aria-labelledby="figures-title">
      <div className="card-head">
        <h2 id="figures-title">{words.title}</h2>
        <div className="card-buttons">
          <CopyButton label={words.copyTrace} copy={copyTrace} />
          <SaveTrace />
          <OpenTraceHere />
        </div>
      </div>
      <dl className="figures">
        <Figure value={passes === undefined ? undefined : number(passes)}>
          {words.passes}
          <small>{nominal ?? ' '}</small>
        </Figure>
        <Figure value={passes === undefined ? undefined : number(written / passes, 1)}>
          {words.rate}
          <small>{trace ? words[texts > 1 ? 'writtenEach' : 'written'](written) : ' '}</small>
        </Figure>
        <Time
          cost={cost}
          machine={run?.file ? elsewhere(run.file.content.made) : onCpu(ready) ? words.cpu : undefined}
        />
        {cost?.backend === 'wasm' ? (
          <Figure value={number(cost.submits)}>
            {words.calls}
            <small>{words.callsOf}</small>
          </Figure>
        ) : (
          <Figure value={cost ? number(cost.dispatches) : undefined}>
            {words.dispatches}
            <small>{cost ? words.submits(cost.submits) : ' '}</small>
          </Figure>
        )}
      </dl>
      <p className="hint provenance">
        {run?.file
          ? traces.provenance
          : cost && ready
            ? made(trace!.sampler, cost.weights, cost.backend, ready.adapter, texts)
            : run?.origin === 'recorded'
              ? words.recorded
              : ' '}
      </p>
    </section>
  );
}
