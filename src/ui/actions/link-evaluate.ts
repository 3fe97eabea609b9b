/** The Evaluate view and links. */
import { STEP_CHIPS } from '../evaluate/form.ts';
import { firstBound, firstLastWord, firstMauve } from '../evaluate/panels-form.ts';
import { firstReport } from '../evaluate/report/asked.ts';
import { evaluateFields, firstEvaluateLink, type EvaluateLink } from '../link/evaluate.ts';
import { initialEvaluateState, useEvaluate, type EvaluateForm } from '../stores/evaluate.ts';
import { usePanels } from '../stores/evaluate-panels.ts';
import { useReport } from '../stores/evaluate-report.ts';
import { fitting, typed, typedSteps } from './link-typed.ts';

type Wanted = { [K in keyof EvaluateLink]?: EvaluateLink[K] | undefined };

/** Who judges, as links have it: the host of a mirror stays with the visitor. */
function readJudge(judge: EvaluateForm['judge']): Wanted {
  if (judge === undefined || judge === 'none') return {};
  if (judge === null) return { judge: 'none' };
  if (typeof judge === 'string') return { judge };
  return { judgeRepo: judge.repo, judgeRevision: judge.revision, judgeFile: judge.file };
}

function readPanels(): Wanted {
  const { lastWord, bound, mauve } = usePanels.getState();
  const { form: report } = useReport.getState();
  return {
    ...{ wordEnding: lastWord.form.ending, wordCount: typed(lastWord.form.count) },
    ...{ wordDraws: typed(lastWord.form.draws), wordSeed: typed(lastWord.form.seed) },
    ...{ boundLength: typed(bound.form.length), boundDraws: typed(bound.form.draws) },
    boundSeed: typed(bound.form.seed),
    ...{ mauveCount: typed(mauve.form.count), mauveLength: typed(mauve.form.length) },
    ...{ mauveSteps: typedSteps(mauve.form.steps), mauveClusters: typed(mauve.form.clusters) },
    ...{ mauveFeatures: mauve.form.features || undefined, mauveSeed: typed(mauve.form.seed) },
    ...{ reportTeacher: report.teacher, reportCount: typed(report.count) },
    ...{ reportLength: typed(report.length), reportUpTo: report.upTo, reportItems: typed(report.items) },
    reportSeed: typed(report.seed),
  };
}

/** What a link says of the forms as they are. */
export function readEvaluate(): EvaluateLink {
  const { models, steps, form, x } = useEvaluate.getState();
  const { prompt, sampler, temperature, topP, seed, judge } = form;
  return fitting(evaluateFields, firstEvaluateLink, {
    ...{ models, x, prompt, sampler, temperature, topP, seed },
    steps: [...new Set([...steps, ...typedSteps(form.otherSteps)])].toSorted((a, b) => a - b),
    ...{ count: typed(form.count), slots: typed(form.slots) },
    ...readJudge(judge),
    ...readPanels(),
  });
}

function judgeOf({ judge, judgeRepo, judgeRevision, judgeFile }: EvaluateLink): EvaluateForm['judge'] {
  if (judgeRepo === undefined) return judge === 'none' ? null : judge;
  return {
    repo: judgeRepo,
    ...(judgeRevision === undefined ? {} : { revision: judgeRevision }),
    ...(judgeFile === undefined ? {} : { file: judgeFile }),
  };
}

const text = (value: number | undefined): string => (value === undefined ? '' : String(value));

function showPanels(link: EvaluateLink): void {
  usePanels.setState(({ lastWord, bound, mauve }) => ({
    lastWord: {
      ...lastWord,
      form: {
        ...firstLastWord,
        ...{ ending: link.wordEnding, count: text(link.wordCount) },
        ...{ draws: text(link.wordDraws), seed: text(link.wordSeed) },
      },
    },
    bound: {
      ...bound,
      form: {
        ...firstBound,
        ...{ length: text(link.boundLength), draws: text(link.boundDraws), seed: text(link.boundSeed) },
      },
    },
    mauve: {
      ...mauve,
      form: {
        ...firstMauve,
        ...{
          count: text(link.mauveCount),
          length: text(link.mauveLength),
          steps: link.mauveSteps.join(', '),
        },
        ...{ clusters: text(link.mauveClusters), features: link.mauveFeatures, seed: text(link.mauveSeed) },
      },
    },
  }));
  useReport.setState({
    form: {
      ...firstReport,
      ...{ teacher: link.reportTeacher, count: text(link.reportCount), length: text(link.reportLength) },
      ...{ upTo: link.reportUpTo, items: text(link.reportItems), seed: text(link.reportSeed) },
    },
  });
}

/** Fill the forms; what runs goes on, and nothing begins. */
export function showEvaluate(link: EvaluateLink): void {
  const { models, steps, x, prompt, sampler, temperature, topP, seed } = link;
  useEvaluate.setState({
    ...{ models, x },
    steps: steps.filter((one) => STEP_CHIPS.includes(one)),
    form: {
      ...initialEvaluateState.form,
      ...{ prompt, sampler, temperature, topP, seed, judge: judgeOf(link) },
      ...{ count: text(link.count), slots: text(link.slots) },
      otherSteps: steps.filter((one) => !STEP_CHIPS.includes(one)).join(', '),
    },
  });
  showPanels(link);
}

export function followEvaluate(changed: () => void): void {
  useEvaluate.subscribe((now, before) => {
    // What runs tells of itself many times a second, and no link has it.
    if ((['models', 'steps', 'form', 'x'] as const).some((key) => now[key] !== before[key])) changed();
  });
  usePanels.subscribe((now, before) => {
    if ((['lastWord', 'bound', 'mauve'] as const).some((key) => now[key].form !== before[key].form))
      changed();
  });
  useReport.subscribe((now, before) => {
    if (now.form !== before.form) changed();
  });
}
