import { isUtf8 } from 'node:buffer'
import { SluiceError } from '../../base/index.ts'
import { type Tensor, tensorHead, tensorOfBytes, tensorOfJson } from './tensor.ts'
import { parseTolerant } from './tolerant-json.ts'

/** A requested output. */
export interface WantedOutput {
  readonly name: string
  /** Whether the answer has its data in binary instead of JSON. */
  readonly binary: boolean
}

/** A decoded inference request. */
export interface InferRequest {
  readonly id: string | undefined
  readonly inputs: readonly Tensor[]
  /** The requested outputs in order; undefined: all outputs of the model. */
  readonly outputs: readonly WantedOutput[] | undefined
  /** Default of `binary` for outputs that do not set it. */
  readonly binaryOutputs: boolean
}

type Json = Readonly<Record<string, unknown>>

/** Header with the size of the JSON before the binary data, in bytes of the decompressed body. */
export const HEADER_LENGTH = 'inference-header-content-length'

/** Decodes a body: JSON, followed by binary data of inputs if `headerLength` is given. Throws SluiceError INPUT_INVALID. */
export function readInferRequest(body: Buffer, headerLength: string | undefined): InferRequest {
  const jsonLength = headerLength === undefined ? body.length : jsonLengthOf(headerLength, body.length)
  const json = parseTolerant(textOf(body.subarray(0, jsonLength)))
  if (!isObject(json)) throw invalid('the body is not a JSON object')
  const parameters = parametersOf(json, 'the request')
  const binaryOutputs = flag(parameters, 'binary_data_output') ?? false
  return {
    id: idOf(json['id']),
    inputs: readInputs(json['inputs'], body.subarray(jsonLength), headerLength !== undefined),
    outputs: readOutputs(json['outputs'], binaryOutputs),
    binaryOutputs,
  }
}

function jsonLengthOf(header: string, length: number): number {
  const value = Number(header)
  if (/^\d+$/.test(header) && value <= length) return value
  throw invalid(`Inference-Header-Content-Length is ${header}; it must be a whole number of bytes, at most the ${length} of the body`)
}

function idOf(id: unknown): string | undefined {
  if (!isGiven(id)) return undefined
  if (typeof id === 'string') return id
  throw invalid('id must be a string')
}

function readInputs(given: unknown, binary: Buffer, mayBeBinary: boolean): Tensor[] {
  if (!Array.isArray(given) || given.length === 0) throw invalid('the request has no inputs')
  let at = 0
  const names = new Set<string>()
  const tensors = given.map((input: unknown): Tensor => {
    if (!isObject(input)) throw invalid('an input is not a JSON object')
    const head = tensorHead(input)
    if (names.has(head.name)) throw invalid(`input ${head.name} is given twice`)
    names.add(head.name)
    const parameters = parametersOf(input, `input ${head.name}`)
    if (isGiven(parameters['shared_memory_region'])) throw invalid(`input ${head.name}: shared memory is not supported`)
    const size = parameters['binary_data_size']
    if (!isGiven(size)) return tensorOfJson(head, input['data'])
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
      throw invalid(`input ${head.name}: binary_data_size must be a whole number of bytes`)
    if (!mayBeBinary) throw invalid(`input ${head.name} has binary data: the request needs the header Inference-Header-Content-Length`)
    if (isGiven(input['data'])) throw invalid(`input ${head.name} has data both in JSON and in binary`)
    const bytes = binary.subarray(at, at + size)
    if (bytes.length !== size)
      throw invalid(`input ${head.name} has a binary_data_size of ${size} bytes, but only ${bytes.length} bytes of the body are left`)
    at += size
    return tensorOfBytes(head, bytes)
  })
  if (at === binary.length) return tensors
  throw invalid(`the body has ${binary.length - at} bytes after the data of the last input`)
}

function readOutputs(given: unknown, binaryOutputs: boolean): WantedOutput[] | undefined {
  if (!isGiven(given)) return undefined
  if (!Array.isArray(given)) throw invalid('outputs must be a list')
  if (given.length === 0) return undefined
  const names = new Set<string>()
  return given.map((output: unknown): WantedOutput => {
    const name = isObject(output) ? output['name'] : undefined
    if (!isObject(output) || typeof name !== 'string') throw invalid('an output has no name')
    if (names.has(name)) throw invalid(`output ${name} is requested twice`)
    names.add(name)
    const parameters = parametersOf(output, `output ${name}`)
    for (const unsupported of ['classification', 'shared_memory_region'])
      if (isGiven(parameters[unsupported])) throw invalid(`output ${name}: ${unsupported} is not supported`)
    return { name, binary: flag(parameters, 'binary_data') ?? binaryOutputs }
  })
}

function parametersOf(json: Json, of: string): Json {
  const { parameters } = json
  if (!isGiven(parameters)) return {}
  if (isObject(parameters)) return parameters
  throw invalid(`the parameters of ${of} are not a JSON object`)
}

function flag(parameters: Json, name: string): boolean | undefined {
  const value = parameters[name]
  if (!isGiven(value)) return undefined
  if (typeof value === 'boolean') return value
  throw invalid(`${name} must be true or false`)
}

/** Throws for bytes that are not UTF-8, because replacing them would change texts silently. */
function textOf(json: Buffer): string {
  if (isUtf8(json)) return json.toString('utf8')
  throw invalid('the JSON of the body is not valid UTF-8')
}

/** null means absent: some clients send every field. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(message: string): SluiceError {
  return new SluiceError('INPUT_INVALID', message)
}
