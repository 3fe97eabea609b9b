/** What the engine refuses with, a visitor may read: its words are in message files. */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';

/** Classes of errors, and functions, whose sentences reach the page. Plain `Error`s are faults of this program. */
const TOLD = new Set([
  ...['UnmaskError', 'Misfit', 'WebGpuUnavailable', 'GpuOutOfMemory', 'ModelStoreError'],
  ...['refuse', 'integer', 'number', 'choice', 'fail', 'broken', 'bad', 'parseJson', 'describeFailure'],
  ...['Breath', 'aborted'],
]);

const hasWords = (text: string): boolean => /\p{L}{2,}[,:;.]? \p{L}{2,}/u.test(text);

/** Words that stand where such an error is made, with the line of each. */
function toldWords(name: string, source: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node, told: boolean): void => {
    const makes = ts.isCallExpression(node) || ts.isNewExpression(node);
    const inside = told || (makes && TOLD.has(node.expression.getText(file)));
    const text = ts.isStringLiteralLike(node)
      ? node.text
      : ts.isTemplateExpression(node)
        ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')
        : '';
    if (inside && hasWords(text.replaceAll('…', ' '))) {
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
      found.push(`${name}:${line}: ${text}`);
    }
    ts.forEachChild(node, (child) => {
      visit(child, inside);
    });
  };
  visit(file, false);
  return found;
}

it('finds the words of what is told, and not those of faults and of codes', () => {
  const source = `
    throw new UnmaskError('file-format', words.damaged(file));
    throw new UnmaskError('file-format', \`\${file} is damaged: fetch it\`);
    throw refuse(wide ? words.wide : 'too wide for this');
    throw new Error('a fault of this program');
    integer('lanes[0].steps', steps, 1, 8);`;
  expect(toldWords('x.ts', source)).toEqual(['x.ts:3: … is damaged: fetch it', 'x.ts:4: too wide for this']);
});

it('there are none in the engine: all are in message files', () => {
  const here = new URL('../', import.meta.url);
  const files = ['gpu', 'model', 'worker', 'trace'].flatMap((layer) =>
    readdirSync(new URL(layer, here), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/\.test\.|testing|messages/.test(name))
      .map((name) => `${layer}/${name}`),
  );
  expect(files.length).toBeGreaterThan(200);
  expect(files.flatMap((name) => toldWords(name, readFileSync(new URL(name, here), 'utf8')))).toEqual([]);
});
