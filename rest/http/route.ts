import { SluiceError } from '../../base/index.ts'

/** A JSON Schema (2020-12), as /openapi.json contains it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** One entry of the route table: the app routes by it, checks requests against it and describes it in /openapi.json. */
export interface Route {
  /** Default GET, which also answers HEAD. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** The path; `:name` stands for one segment, which the route receives decoded. */
  readonly path: string
  /** One line of text for /openapi.json. */
  readonly summary: string
  /** The segments of the path by name; a segment without a spec is any text. */
  readonly params?: Readonly<Record<string, ParameterSpec>>
  /** The allowed query parameters; others are refused with 400. Default none. */
  readonly query?: Readonly<Record<string, ParameterSpec>>
  /** Whether other query parameters are ignored instead of refused: for probes, scrapers and clients that add their own. Default false. */
  readonly anyQuery?: boolean
  /** The body, POST and PUT only; undefined: a request with a body is refused with 413. */
  readonly body?: BodySpec
  /** The answers of this route by status, at least one. Error answers that all routes share are not listed. */
  readonly responses: Readonly<Record<number, ResponseSpec>>
  /** Answers a checked request. A thrown SluiceError or RestError is answered with its code; any other error with INTERNAL. */
  readonly answer: (request: RouteRequest) => Promise<RouteAnswer>
}

/** A parameter of a path or a query, which has at most one value. The app checks the text against the spec before it calls the route. */
export interface ParameterSpec {
  /** `time`: ms since the epoch, or an ISO 8601 date, which without a time of day is in UTC and with one needs `Z` or an offset. */
  readonly type: 'string' | 'integer' | 'boolean' | 'time'
  /** Text for /openapi.json. */
  readonly description: string
  /** The allowed texts; default any. */
  readonly enum?: readonly string[]
  /** Integers only; default 0. */
  readonly minimum?: number
  /** Integers only; default 999999999. */
  readonly maximum?: number
  /** Query parameters only; default false. Segments of a path are always present. */
  readonly required?: boolean
}

/** The allowed bodies of a route. */
export interface BodySpec {
  /** Media types without parameters; others are refused with 415. "*" + "/*" allows any type, and none. */
  readonly contentTypes: readonly string[]
  /** Maximum size of the body, both as sent and decompressed; a larger body is refused with 413. */
  readonly maxBytes: number
  /** Whether an empty body is refused with 400; default true. */
  readonly required?: boolean
  /** Whether the route receives the body as sent. Default false: gzip and deflate are decompressed, other encodings refused with 415. */
  readonly rawBody?: boolean
  /** Time limit for receiving the body, ms; default 10,000, at most 60,000. */
  readonly withinMs?: number
  /** For /openapi.json only; the route itself checks the content. */
  readonly schema?: JsonSchema
  /** For /openapi.json only: schemas by media type, instead of `schema` for all of `contentTypes`. */
  readonly content?: Readonly<Record<string, JsonSchema>>
}

/** One kind of answer of a route. */
export interface ResponseSpec {
  /** Text for /openapi.json. */
  readonly description: string
  /** Default application/json. */
  readonly contentType?: string
  /** Schema of the body. */
  readonly schema?: JsonSchema
  /** Schemas by media type, instead of `contentType` and `schema`. */
  readonly content?: Readonly<Record<string, JsonSchema>>
  /** Headers that the answer always has, with their descriptions. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A checked request, as a route receives it. */
export interface RouteRequest {
  /** The segments of the path by name, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** The query parameters by name; undefined: absent. */
  readonly query: Readonly<Record<string, string | undefined>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Present if the route has a BodySpec; empty if the request has no body and none is required. */
  readonly body?: Buffer
  /** Whether another instance sent the request: the route must answer from local state and not forward it. */
  readonly hop: boolean
  /** IP address of the client. */
  readonly remote: string
}

/** The answer of a route. */
export interface RouteAnswer {
  /** Default 200. */
  readonly status?: number
  /** The content type; default application/json. */
  readonly type?: string
  /** Additional headers by name. */
  readonly headers?: Readonly<Record<string, string>>
  /** A value that is written as JSON; if `type` is given, text or bytes. */
  readonly body: unknown
}

/** The value of a segment that the path of the route names. */
export function segment(request: RouteRequest, name: string): string {
  return request.params[name] as string
}

export function textParameter(request: RouteRequest, name: string): string | undefined {
  return request.query[name]
}

/** The value of an integer parameter, whose text is already checked. */
export function countParameter(request: RouteRequest, name: string): number | undefined {
  const value = request.query[name]
  return value === undefined ? undefined : Number(value)
}

/** The value of a time parameter, whose text is already checked, in ms since the epoch. */
export function timeParameter(request: RouteRequest, name: string): number | undefined {
  const value = request.query[name]
  return value === undefined ? undefined : timeOf(value)
}

/** The value of a boolean parameter; false if it is absent. */
export function flagParameter(request: RouteRequest, name: string): boolean {
  return request.query[name] === 'true'
}

/** Whether the text is valid URL-encoded UTF-8. */
export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Returns the parameters of the query that the route declares. Throws INPUT_INVALID: an unknown, repeated, missing or malformed parameter. */
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

/** Checks path segments against their specs and returns them. Throws INPUT_INVALID. */
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

/** Returns ms since the epoch; NaN: the text is not a time. */
function timeOf(text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  return isoDate.test(text) ? Date.parse(text) : NaN
}

function allowedNames(specs: Readonly<Record<string, ParameterSpec>>): string {
  const names = Object.keys(specs)
  return names.length === 0 ? 'this route takes no query parameters' : `allowed: ${names.join(', ')}`
}
