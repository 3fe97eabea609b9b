import { usePage } from '../stores/page.ts';

/** Strong contrast, from now on, where the visitor's system asks for it and before a room: one set of tokens for both. */
export function followContrast(): void {
  const asked = matchMedia('(prefers-contrast: more)');
  const apply = (): void => {
    const more = asked.matches || usePage.getState().presenting;
    document.documentElement.dataset['contrast'] = more ? 'more' : 'usual';
  };
  asked.addEventListener('change', apply);
  usePage.subscribe(apply);
  apply();
}
