/** Views whose words are in message files have none of their own left: what a translation would not reach. */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it, vi } from 'vitest';
import { sayLanguage } from '../actions/language.ts';

/** Attributes that are shown or read out: of elements, and of our components. */
const SAID = new Set([
  ...['aria-label', 'aria-description', 'aria-valuetext', 'aria-roledescription', 'title', 'placeholder'],
  ...['alt', 'label', 'legend', 'hint', 'asks', 'yes', 'no', 'begins', 'shown', 'valueText'],
]);

/** The texts that an expression may be, as far as they are written there. */
function textsOf(node: ts.Expression | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return textsOf(node.expression);
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  // Of `a && b`, `a ?? b`, `a || b` and `a + b`; comparisons have no text.
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken) return textsOf(node.right);
    const joins = [ts.SyntaxKind.PlusToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken];
    return joins.includes(kind) ? [...textsOf(node.left), ...textsOf(node.right)] : [];
  }
  if (!ts.isTemplateExpression(node)) return [];
  const between = node.templateSpans.flatMap((span) => [...textsOf(span.expression), span.literal.text]);
  return [node.head.text, ...between];
}

const initialTexts = (node: ts.JsxAttribute): string[] =>
  node.initializer !== undefined && ts.isJsxExpression(node.initializer)
    ? textsOf(node.initializer.expression)
    : textsOf(node.initializer);

/** Words in a component: text of elements, and what attributes say, with the line that each stands in. */
function plainWords(name: string, source: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const take = (node: ts.Node, texts: string[]): void => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    const words = texts.filter((text) => /\p{L}/u.test(text));
    found.push(...words.map((text) => `${name}:${line}: ${text.trim().replaceAll(/\s+/g, ' ')}`));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) take(node, [node.text]);
    else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent))
      take(node, textsOf(node.expression));
    else if (ts.isJsxAttribute(node) && SAID.has(node.name.getText(file))) take(node, initialTexts(node));
    // As in `action={{ label: 'Try again' }}`.
    else if (ts.isPropertyAssignment(node) && SAID.has(node.name.getText(file)))
      take(node, textsOf(node.initializer));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

it('finds words in texts, in expressions and in what attributes say, and nothing else', () => {
  const source = `
    const options = [{ value: 'a', label: 'One' }, { value: 'b', label: said.two }];
    const view = <p className="hint" title="Two" data-state={on ? 'on' : 'off'}>
      Three <b>{on ? 'Four' : words.five}</b> 6 {said} {' '} · {count > 0 && \`Seven \${number(count)}\`}
      <i aria-label={\`8 \${more ? 'eight' : ''}\`}>{kind === 'nine' ? said.nine(9) : null}</i>
    </p>;`;
  expect(plainWords('x.tsx', source)).toEqual([
    ...['x.tsx:2: One', 'x.tsx:3: Two', 'x.tsx:4: Three', 'x.tsx:4: Four', 'x.tsx:4: Seven'],
    'x.tsx:5: eight',
  ]);
});

it('there are none in the components of the page: all are in message files', () => {
  const here = new URL('../', import.meta.url);
  const names = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.tsx') && !name.endsWith('.test.tsx'),
  );
  expect(names.length).toBeGreaterThan(100);
  expect(names.flatMap((name) => plainWords(name, readFileSync(new URL(name, here), 'utf8')))).toEqual([]);
});

it('index.html has the language and the title of the page until a script runs', () => {
  const page = { title: '', documentElement: { lang: '' } };
  vi.stubGlobal('document', page);
  sayLanguage();
  vi.unstubAllGlobals();
  const html = readFileSync(new URL('../../../index.html', import.meta.url), 'utf8');
  expect(html).toContain(`<html lang="${page.documentElement.lang}">`);
  expect(html).toContain(`<title>${page.title}</title>`);
});
