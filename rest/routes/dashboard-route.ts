import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Route } from '../http/index.ts'

/** A page that shows what the JSON routes tell. It holds no data itself, so it needs no token; what it asks for does. */
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

/** The page's only element of that name, as a Content-Security-Policy admits it. */
function hashOf(page: string, element: string): string {
  const content = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(page)?.[1] ?? ''
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`
}
