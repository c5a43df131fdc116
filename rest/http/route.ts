import { SluiceError } from '../../base/index.ts'

/** A JSON Schema (2020-12), as /openapi.json shows it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** One line of the route table: what the app routes by, checks requests against and describes in /openapi.json. */
export interface Route {
  /** GET unless told; HEAD comes with GET. */
  readonly method?: 'GET' | 'POST'
  /** With `:name` for a segment, given decoded. */
  readonly path: string
  /** One line for a person. */
  readonly summary: string
  /** What the path's segments mean; text where it is not told. */
  readonly params?: Readonly<Record<string, ParameterSpec>>
  /** Every query parameter that is allowed: another one is refused with 400. None, unless told. */
  readonly query?: Readonly<Record<string, ParameterSpec>>
  /** Other query parameters are ignored instead: for what is asked by probes, scrapers and clients that bring their own. */
  readonly anyQuery?: boolean
  /** Of POST only. Without it a request with a body is refused. */
  readonly body?: BodySpec
  /** By status, at least one: what this route itself answers with. Refusals that every route shares are not listed. */
  readonly responses: Readonly<Record<number, ResponseSpec>>
  /** Answers a request that was checked. What it throws is answered as an error of that code. */
  readonly answer: (request: RouteRequest) => Promise<RouteAnswer>
}

/** A parameter of a path or a query; one value at most. Its text is checked against this before the route sees it. */
export interface ParameterSpec {
  /** A time is ms since the epoch, or a date as ISO 8601 has it: in UTC, or with its time and an offset. */
  readonly type: 'string' | 'integer' | 'boolean' | 'time'
  /** For people. */
  readonly description: string
  /** The texts that are allowed; default any. */
  readonly enum?: readonly string[]
  /** Of an integer: 0 and 999999999 unless told. */
  readonly minimum?: number
  /** Of an integer. */
  readonly maximum?: number
  /** Default false, of a query; a path's segments are always there. */
  readonly required?: boolean
}

/** What a request's body may be. */
export interface BodySpec {
  /** Media types without parameters; another one is refused with 415. "*" + "/*" is any, none too. */
  readonly contentTypes: readonly string[]
  /** Beyond it 413: of what is sent, and of what it inflates to. */
  readonly maxBytes: number
  /** Whether an empty body is refused with 400; true unless told. */
  readonly required?: boolean
  /** Given to the route as it was sent, compressed or not. Else gzip and deflate are undone first, other encodings refused with 415. */
  readonly rawBody?: boolean
  /** Of receiving it; 10 s unless told, 60 s at most. */
  readonly withinMs?: number
  /** Told to readers; the route itself checks the content. */
  readonly schema?: JsonSchema
  /** Told to readers, by media type, where it is not the same for all or not all are named. */
  readonly content?: Readonly<Record<string, JsonSchema>>
}

/** One way in which a route answers. */
export interface ResponseSpec {
  /** For people. */
  readonly description: string
  /** application/json unless told. */
  readonly contentType?: string
  /** Of the body, where it is JSON. */
  readonly schema?: JsonSchema
  /** By media type, where there are several: instead of the two above. */
  readonly content?: Readonly<Record<string, JsonSchema>>
  /** Headers that always come with it, and what they say. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What a route sees of a request. */
export interface RouteRequest {
  /** The path's segments by name, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** The query parameters by name; undefined: not given. */
  readonly query: Readonly<Record<string, string | undefined>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** There when the route has a body; empty where it need not be. */
  readonly body?: Buffer
  /** Another instance asks: answer from here, ask nobody. */
  readonly hop: boolean
  /** The address that asks. */
  readonly remote: string
}

/** Without a status 200; a body is JSON unless a type is given, then text or bytes. */
export interface RouteAnswer {
  /** Default 200. */
  readonly status?: number
  /** The content type; default application/json. */
  readonly type?: string
  /** By name, beside those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, unless `type` says otherwise: then text or bytes. */
  readonly body: unknown
}

/** A path parameter, which the route's own path names. */
export function segment(request: RouteRequest, name: string): string {
  return request.params[name] as string
}

export function textParameter(request: RouteRequest, name: string): string | undefined {
  return request.query[name]
}

/** An integer parameter: its text is checked already. */
export function countParameter(request: RouteRequest, name: string): number | undefined {
  const value = request.query[name]
  return value === undefined ? undefined : Number(value)
}

/** A time parameter as ms since the epoch: its text is checked already. */
export function timeParameter(request: RouteRequest, name: string): number | undefined {
  const value = request.query[name]
  return value === undefined ? undefined : timeOf(value)
}

/** A boolean parameter; absent is false. */
export function flagParameter(request: RouteRequest, name: string): boolean {
  return request.query[name] === 'true'
}

/** Whether it is URL-encoded UTF-8. */
export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** The query as its route allows it. Throws INPUT_INVALID: an unknown name, a name given twice, a value of another type. */
export function checkedQuery(
  { query: specs = {}, anyQuery = false }: Pick<Route, 'query' | 'anyQuery'>,
  query: Readonly<Record<string, string | readonly string[] | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const checked: Record<string, string> = {}
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined
    if (spec === undefined && anyQuery) continue
    if (spec === undefined) throw new SluiceError('INPUT_INVALID', `unknown query parameter ${name}; ${allowedNames(specs)}`)
    if (typeof value !== 'string')
      throw new SluiceError('INPUT_INVALID', `the query parameter ${name} occurs ${value.length} times; it is allowed once`)
    checked[name] = checkedValue(name, spec, value)
  }
  for (const [name, { required }] of Object.entries(specs))
    if (required === true && checked[name] === undefined) throw new SluiceError('INPUT_INVALID', `the query parameter ${name} is required`)
  return checked
}

/** Path segments against their specs. Throws INPUT_INVALID. */
export function checkedParams(
  specs: Readonly<Record<string, ParameterSpec>>,
  params: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const [name, spec] of Object.entries(specs)) if (params[name] !== undefined) checkedValue(name, spec, params[name])
  return params
}

function checkedValue(name: string, spec: ParameterSpec, value: string): string {
  const { type, minimum = 0, maximum = 999_999_999 } = spec
  const refuse = (allowed: string): never => {
    throw new SluiceError('INPUT_INVALID', `${name} is ${JSON.stringify(value)}; allowed: ${allowed}`)
  }
  if (type === 'boolean' && value !== 'true' && value !== 'false') refuse('true or false')
  if (type === 'integer' && (!/^(0|[1-9]\d{0,15})$/.test(value) || Number(value) < minimum || Number(value) > maximum))
    refuse(`a whole number from ${minimum} to ${maximum}`)
  if (type === 'time' && Number.isNaN(timeOf(value))) refuse('a time in ms since the epoch, or a date such as 2030-01-31T12:00:00Z')
  if (spec.enum !== undefined && !spec.enum.includes(value)) refuse(spec.enum.join(' or '))
  return value
}

const isoDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/

/** NaN: the text is no time. */
function timeOf(text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  return isoDate.test(text) ? Date.parse(text) : NaN
}

function allowedNames(specs: Readonly<Record<string, ParameterSpec>>): string {
  const names = Object.keys(specs)
  return names.length === 0 ? 'this route takes no query parameters' : `allowed: ${names.join(', ')}`
}
