import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/**
 * The arrows of the house: ui -> worker -> model -> gpu. Each layer may import only what stands to its right.
 * `src/trace` is pure data that every layer may use, and so are `src/words`, the language and its numbers; `src/ui` takes
 * only types from `src/model`.
 */
function forbid(files, groups, message, allowTypeImports = false) {
  return {
    files,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: groups, message, allowTypeImports }] },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'playwright-report', 'test-results', 'public', '.cache'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts', '**/*.tsx'] })),
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Index arithmetic is the daily bread here: template literals of numbers and `!` after a bounds check are fine.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/ui/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: reactHooks.configs.recommended.rules,
  },
  forbid(
    ['src/gpu/**/*.ts'],
    ['**/model/**', '**/worker/**', '**/ui/**', '**/trace/**', 'react', 'zustand'],
    'src/gpu is a small GPU library: it knows no tokenizer, schedule, worker or page.',
  ),
  forbid(
    ['src/model/**/*.ts'],
    ['**/worker/**', '**/ui/**', 'react', 'zustand'],
    'src/model is text diffusion: it knows no worker and no page.',
  ),
  forbid(
    ['src/trace/**/*.ts'],
    ['**/model/**', '**/gpu/**', '**/worker/**', '**/ui/**', 'react', 'zustand'],
    'src/trace is pure data.',
  ),
  forbid(
    ['src/offline/**/*.ts'],
    ['**/model/**', '**/gpu/**', '**/worker/**', '**/ui/**', '**/trace/**', 'react', 'zustand'],
    'src/offline is the service worker and what others share with it: it knows none of them.',
  ),
  forbid(
    ['src/words/**/*.ts'],
    ['**/model/**', '**/gpu/**', '**/worker/**', '**/ui/**', '**/trace/**', 'react', 'zustand'],
    'src/words is how sentences and numbers are written: every layer may use it, and it knows none.',
  ),
  forbid(['src/worker/**/*.ts'], ['**/ui/**', 'react', 'zustand'], 'The worker does not know the page.'),
  forbid(
    ['src/ui/**/*.{ts,tsx}'],
    ['**/gpu/**', '**/model/**'],
    'The page takes only types from src/model and nothing from src/gpu: ask the worker.',
    true,
  ),
  {
    files: ['scripts/**/*.mjs', 'eslint.config.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        fetch: 'readonly',
        // Within what scripts have a browser evaluate.
        window: 'readonly',
        document: 'readonly',
        HTMLElement: 'readonly',
      },
    },
  },
);
