import { SluiceError } from '../../base/index.ts'
import { checkJsonDepth } from '../../records/index.ts'
import { eventTimeOf, type ModelToPublish, type ModelTypeName, modelTypeNames } from '../../serving/index.ts'
import type { ParameterSpec, RouteRequest } from '../http/index.ts'

type Json = Readonly<Record<string, unknown>>

/** The roles in which a model may begin. */
const beginnings = ['champion', 'challenger', 'shadow', 'fallback'] as const

const texts = ['name', 'description', 'type', 'output', 'after'] as const

/** Parameters of a model whose bytes are the body. Each may also be a header with the prefix x-sluice-; the query has precedence. */
export const modelParameters: Readonly<Record<string, ParameterSpec>> = {
  name: { type: 'string', description: 'The name of the model; default: the data type' },
  description: { type: 'string', description: 'What the model is' },
  type: { type: 'string', description: `The format of the model, one of ${modelTypeNames.join(', ')}; default: detected from the content` },
  output: { type: 'string', description: 'The output that holds the score; default: the first output' },
  after: { type: 'string', description: 'The name of a model whose outputs it takes as fields, beside those of the record; default: none' },
  role: { type: 'string', description: `The role in which the model begins, one of ${beginnings.join(', ')}; default: champion` },
  weight: { type: 'string', description: "A challenger's share of the keys: above 0, at most 1" },
  effectiveFrom: {
    type: 'string',
    description: 'The event time from which the model has its role: ms since the epoch, or ISO 8601; default: at once',
  },
}

/** Reads a model from a request, whose body is its bytes, or JSON with `data` (base64) or `location`. Throws SluiceError INPUT_INVALID. */
export function modelOfRequest(request: RouteRequest, dataType: string): ModelToPublish {
  if (dataType === '') throw invalid('the path has no data type')
  const body = request.body ?? Buffer.alloc(0)
  const isJson = mediaType(request) === 'application/json'
  const json = isJson ? jsonOf(body) : {}
  const said = new Map(texts.map(name => [name, textOf(json, name) ?? parameter(request, name)]))
  return {
    dataType,
    name: said.get('name') || dataType,
    description: said.get('description'),
    type: typeOf(said.get('type')),
    output: said.get('output'),
    after: said.get('after') || undefined,
    role: roleIn(textOf(json, 'role') ?? parameter(request, 'role'), json['weight'] ?? parameter(request, 'weight')),
    golden: goldenIn(json['golden']),
    signature: signatureIn(json['signature']),
    effectiveFrom: timeOf(json['effectiveFrom'] ?? parameter(request, 'effectiveFrom')),
    ...(isJson ? contentOf(json) : { bytes: body, location: undefined }),
  }
}

function contentOf(json: Json): Pick<ModelToPublish, 'bytes' | 'location'> {
  const [location, data] = [textOf(json, 'location'), textOf(json, 'data')]
  if ((location === undefined) === (data === undefined)) throw invalid('the JSON must have either data (base64) or location')
  if (location === '') throw invalid('location is empty')
  if (data === undefined) return { bytes: undefined, location }
  if (!isBase64(data)) throw invalid('data is not base64: only A-Z a-z 0-9 + / and white space are allowed, and = at its end')
  const bytes = Buffer.from(data, 'base64')
  if (bytes.length > 0) return { bytes, location: undefined }
  throw invalid('data is empty')
}

/** Checks in one pass over the text, which may have 90 MB, because the check blocks the thread. */
function isBase64(text: string): boolean {
  const content = text.trimEnd()
  const padding = content.endsWith('==') ? 2 : content.endsWith('=') ? 1 : 0
  return !/[^A-Za-z0-9+/\s]/.test(content.slice(0, content.length - padding))
}

function jsonOf(body: Buffer): Json {
  let json: unknown
  try {
    const text = body.toString('utf8').replace(/^\ufeff/, '')
    checkJsonDepth(text, 'INPUT_INVALID')
    json = JSON.parse(text)
  } catch (error) {
    if (error instanceof SluiceError) throw error
    throw new SluiceError('INPUT_INVALID', 'the body is not JSON', { cause: error })
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw invalid('the body is not a JSON object')
  const known = new Set<string>([...texts, 'role', 'weight', 'golden', 'signature', 'effectiveFrom', 'data', 'location'])
  const unknown = Object.keys(json).find(name => !known.has(name))
  if (unknown !== undefined) throw invalid(`unknown field ${unknown}; allowed: ${[...known].join(', ')}`)
  return json as Json
}

function textOf(json: Json, name: string): string | undefined {
  const value = json[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw invalid(`${name} must be a string`)
}

/** Throws INPUT_INVALID for a role that is none; what it weighs is checked with the record. */
function roleIn(given: string | undefined, weight: unknown): ModelToPublish['role'] {
  const share = weight === undefined || weight === null || weight === '' ? undefined : Number(weight)
  if (given === undefined || given === '') {
    if (share !== undefined) throw invalid('weight needs the role challenger')
    return undefined
  }
  const role = beginnings.find(each => each === given.toLowerCase())
  if (role === undefined) throw invalid(`role is ${JSON.stringify(given)}; allowed: ${beginnings.join(', ')}`)
  return { name: role.toUpperCase() as Uppercase<typeof role>, weight: share }
}

/** Golden records: `record` is a data record's value in base64. */
function goldenIn(given: unknown): ModelToPublish['golden'] {
  if (given === undefined || given === null) return undefined
  if (!Array.isArray(given)) throw invalid('golden is not a list')
  return given.map((each: unknown, at) => {
    const { record, score, label, tolerance } = (typeof each === 'object' && each !== null ? each : {}) as Json
    const isRight =
      typeof record === 'string' &&
      isBase64(record) &&
      [score, tolerance].every(number => number === undefined || typeof number === 'number') &&
      (label === undefined || typeof label === 'string') &&
      (score !== undefined || label !== undefined)
    if (!isRight)
      throw invalid(`golden record ${at + 1} is not one: record (base64), and score, label or both; tolerance if the score may differ`)
    return { record: Buffer.from(record, 'base64'), score: score as number | undefined, label, tolerance: tolerance as number | undefined }
  })
}

/** A signature is JSON itself. */
function signatureIn(given: unknown): ModelToPublish['signature'] {
  if (given === undefined || given === null) return undefined
  if (typeof given === 'object' && !Array.isArray(given)) return Buffer.from(JSON.stringify(given))
  throw invalid('signature is not a JSON object: give the content of the file that "sluice sign" writes')
}

function timeOf(given: unknown): number | undefined {
  return given === undefined || given === null || given === '' ? undefined : eventTimeOf(given)
}

function parameter(request: RouteRequest, name: string): string | undefined {
  const header = request.headers[`x-sluice-${name.toLowerCase()}`]
  return request.query[name] ?? (typeof header === 'string' ? header : undefined)
}

function typeOf(type: string | undefined): ModelTypeName | undefined {
  if (type === undefined || type === '') return undefined
  const found = modelTypeNames.find(name => name === type.toUpperCase())
  if (found !== undefined) return found
  throw invalid(`type is ${JSON.stringify(type)}; allowed: ${modelTypeNames.join(', ')}`)
}

function mediaType(request: RouteRequest): string {
  const type = request.headers['content-type']
  return (typeof type === 'string' ? type : '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

function invalid(message: string): SluiceError {
  return new SluiceError('INPUT_INVALID', message)
}
