/** Hosts made for single-page apps, Vite's own server too, answer for a missing file with their page. */
export const isPage = (response: Response): boolean =>
  response.headers.get('content-type')?.startsWith('text/html') ?? false;
