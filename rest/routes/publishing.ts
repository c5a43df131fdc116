import { type ResponseSpec, type RouteAnswer, type RouteRequest, statusOf } from '../http/index.ts'

/** Requests that write to a topic, of one kind of routes. */
export const MOST_A_MINUTE = 60
/** The longest wait for the outcome of such a request. */
export const MOST_WAIT_S = 120

export const tooManyResponse: ResponseSpec = {
  description: 'Too many publish requests within a minute',
  headers: { 'Retry-After': 'Seconds to wait before the next attempt' },
}

/** The answer to a request beyond the limit. */
export function tooMany(waitMs: number): RouteAnswer {
  const error = `more than ${MOST_A_MINUTE} publish requests within a minute: try again later`
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) }
  return { status: statusOf('RATE_LIMITED'), headers, body: { error, code: 'RATE_LIMITED' } }
}

/** The client of a request, for the audit log, which never contains the token itself. */
export function who({ remote, headers }: RouteRequest): { readonly remote: string; readonly by: string } {
  return { remote, by: headers['authorization'] === undefined ? 'anyone' : 'the bearer of the token' }
}
