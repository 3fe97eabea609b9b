/** The Distill view and links. */
import { firstDistillLink, distillFields, type DistillLink } from '../link/distill.ts';
import { cpuForm, firstForm, type DistillForm } from '../distill/form.ts';
import { FEW_TEXTS, initialComparison, useComparison } from '../stores/comparison.ts';
import { useDistill } from '../stores/distill.ts';
import { onCpu, useEngine } from '../stores/engine.ts';
import { fitting, typed } from './link-typed.ts';

const FIELDS = ['rounds', 'updates', 'batch', 'slots', 'learningRate', 'seed', 'write'] as const;

/** What of the form links have. */
const LINKED = ['teacher', 'loss', 'firstSteps', 'm', 'source', ...FIELDS] as const;

/** What a link says of the form as it is. */
export function readDistill(): DistillLink {
  const { form } = useDistill.getState();
  const { teacher, loss, firstSteps, m, source } = form;
  const { prompt, seed: promptSeed, count, usual: unchosen } = useComparison.getState();
  // What a CPU begins with is the start of this visitor, not of whoever opens the link.
  const usual =
    onCpu(useEngine.getState().ready) &&
    unchosen &&
    prompt === initialComparison.prompt &&
    promptSeed === initialComparison.seed &&
    LINKED.every((key) => form[key] === cpuForm[key]);
  if (usual) return firstDistillLink;
  const numbers = Object.fromEntries(FIELDS.map((key) => [key, typed(form[key])]));
  return fitting(distillFields, firstDistillLink, {
    ...{ teacher, loss, firstSteps, m, source, prompt, promptSeed },
    ...(unchosen ? {} : { texts: count }),
    ...numbers,
  });
}

/** Fill the form; a distillation that is open stays, and so does its form. */
export function showDistill(link: DistillLink): void {
  const { teacher, loss, firstSteps, m, source, prompt, promptSeed, texts, ...numbers } = link;
  if (useDistill.getState().state === undefined) {
    const form: DistillForm = {
      ...firstForm,
      ...{ teacher, loss, firstSteps, m, source },
      ...(Object.fromEntries(FIELDS.map((key) => [key, numberText(key, numbers[key])])) as Pick<
        DistillForm,
        (typeof FIELDS)[number]
      >),
    };
    useDistill.setState({ form });
  }
  if (useComparison.getState().status === initialComparison.status) {
    const few = onCpu(useEngine.getState().ready) ? FEW_TEXTS : initialComparison.count;
    useComparison.setState({ prompt, seed: promptSeed, count: texts ?? few, usual: texts === undefined });
  }
}

/** A number as it would be typed; a small one as the first form has it. */
const numberText = (key: (typeof FIELDS)[number], value: number): string =>
  value === Number(firstForm[key]) ? firstForm[key] : String(value);

export function followDistill(changed: () => void): void {
  useDistill.subscribe((now, before) => {
    // What runs changes many times a second, and no link has it.
    if (now.form !== before.form) changed();
  });
  useComparison.subscribe(changed);
}
