import { SluiceError } from '../proto/sluice-error.ts'

/** One line of a route table. All routes are read-only: GET, and HEAD with it. */
export interface Route {
  /** With `:name` for a segment, given decoded. */
  readonly path: string
  readonly answer: (request: RouteRequest) => Promise<RouteAnswer>
}

/** What a route sees of a request. */
export interface RouteRequest {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Another instance asks: answer from here, ask nobody. */
  readonly hop: boolean
}

/** Without a status 200; a body is JSON unless a type is given. */
export interface RouteAnswer {
  readonly status?: number
  readonly type?: string
  readonly body: unknown
}

/** A path parameter, which the route's own path names. */
export function segment(request: RouteRequest, name: string): string {
  return request.params[name] as string
}

/** A query parameter given at most once. Throws INPUT_INVALID. */
export function textParameter(request: RouteRequest, name: string): string | undefined {
  const value = request.query[name]
  if (value === undefined || typeof value === 'string') return value
  throw new SluiceError('INPUT_INVALID', `${name} is given ${value.length} times: once is allowed`)
}

/** A whole number from 1 up. Throws INPUT_INVALID. */
export function countParameter(request: RouteRequest, name: string): number | undefined {
  const value = textParameter(request, name)
  if (value === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value)
  throw new SluiceError('INPUT_INVALID', `${name} is "${value}": a whole number from 1 to 999999999 is allowed`)
}

/** True or false; absent is false. Throws INPUT_INVALID. */
export function flagParameter(request: RouteRequest, name: string): boolean {
  const value = textParameter(request, name) ?? 'false'
  if (value === 'true' || value === 'false') return value === 'true'
  throw new SluiceError('INPUT_INVALID', `${name} is "${value}": true or false is allowed`)
}
