import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Route } from '../http/index.ts'

/** A page that shows data of the JSON routes. The page itself contains no data and needs no token; its requests do. */
export function dashboardRoute(): Route {
  const page = readFileSync(new URL('dashboard.html', import.meta.url), 'utf8')
  const headers = {
    'Content-Security-Policy': [
      "default-src 'none'",
      `script-src ${hashOf(page, 'script')}`,
      `style-src ${hashOf(page, 'style')}`,
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'Referrer-Policy': 'no-referrer',
  }
  return {
    path: '/',
    anyQuery: true,
    summary: 'A dashboard of the group, for a browser',
    responses: { 200: { description: 'The dashboard page', contentType: 'text/html', schema: { type: 'string' } } },
    answer: () => Promise.resolve({ type: 'text/html', headers, body: page }),
  }
}

/** The Content-Security-Policy source for the content of the only element of that name in the page. */
function hashOf(page: string, element: string): string {
  const content = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(page)?.[1] ?? ''
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`
}
