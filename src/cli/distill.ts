/** The program of `npm run distill`: self-distillation through time without a page. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { plural } from '../words/english.ts';
import type { Engine } from '../worker/engine.ts';
import type { DistillProgress, DistillState } from '../worker/distill/result.ts';
import { DISTILL_USAGE, parseDistill, type DistillCommand } from './arguments.ts';
import {
  diskStores,
  findRun,
  INTERRUPTED,
  onInterrupt,
  openEngine,
  openModel,
  readTexts,
  removeRun,
  runProgram,
  writeModel,
} from './headless.ts';
import { Progress, ProgressLine, roundSummary } from './progress.ts';

const line = new ProgressLine(process.stdout);

async function begin(engine: Engine, { options, data }: DistillCommand): Promise<DistillState> {
  const teacher = await openModel(engine, options.teacher);
  const texts = data === undefined ? {} : { data: await readTexts(data) };
  return await engine.call(
    'distillOpen',
    { ...options, teacher, ...texts },
    {
      onDistill: (progress) => {
        if (progress.kind === 'writing')
          line.show(`The teacher writes texts: ${progress.done}/${progress.total}`);
      },
    },
  );
}

/** Go on to the end, or until the keyboard says so. @returns the last state */
async function work(engine: Engine, opened: DistillState, out: string): Promise<DistillState> {
  const { options, rounds } = opened;
  const progress = new Progress(rounds.length * options.updatesPerRound, rounds.length);
  const onDistill = (told: DistillProgress): void => {
    if (told.kind === 'update') line.show(progress.add(told.report, performance.now()));
    if (told.kind === 'drawing')
      line.show(`The teacher draws targets of the held-out texts: ${told.done}/${told.total}`);
  };
  const interrupt = onInterrupt(line, () => {
    void engine.call('distillPause', {});
  });
  const written = new Set<number>();
  const write = async (state: DistillState): Promise<void> => {
    for (const round of state.rounds) {
      if (round.model === undefined || written.has(round.round)) continue;
      written.add(round.round);
      const folder = join(out, `round-${round.round}`);
      await writeModel(engine, round.model, folder);
      line.say(`${roundSummary(round, state.validation)}  -> ${folder}`);
    }
  };
  let state = opened;
  // Rounds that were done before are written again: nobody knows whether that came to its end.
  await write(state);
  while (!state.finished && !interrupt.asked) {
    state = await engine.call('distillRun', { until: 'round' }, { onDistill });
    await write(state);
  }
  interrupt.off();
  return state;
}

await runProgram(async () => {
  const command = parseDistill(process.argv.slice(2));
  if (command.help) {
    console.log(DISTILL_USAGE);
    return 0;
  }
  const { out } = command;
  const stores = diskStores(out);
  const run = await findRun(stores, out, command.resume ?? false);
  await mkdir(out, { recursive: true });
  const engine = await openEngine({ stores });
  try {
    const { adapter } = await engine.call('ready', {});
    const opened = command.resume
      ? await engine.call('distillOpen', { resume: run })
      : await begin(engine, command);
    const { rounds, options, data, updates } = opened;
    line.say(
      `${plural(rounds.length, 'round', 'rounds')} of ${plural(options.updatesPerRound, 'update', 'updates')}, each of ${options.batch * options.accumulate} windows of ` +
        `${options.length} tokens out of ${data.windows}, on ${adapter}${updates > 0 ? `; ${updates} updates are done` : ''}`,
    );
    const state = await work(engine, opened, out);
    if (state.finished) {
      await engine.call('distillDiscard', { run: state.run });
      await removeRun(out);
      return 0;
    }
    line.say(
      state.unsaved ??
        `Saved after ${state.updates} updates: go on with npm run distill -- --out ${out} --resume`,
    );
    return INTERRUPTED;
  } finally {
    engine.destroy();
  }
});
