import { isFraction, type ModelOutput, type OutputColumn } from '../../models/index.ts'
import { SluiceError } from '../../base/index.ts'
import { datatypeOf, datatypeSpec } from './datatypes.ts'
import type { InferRequest, WantedOutput } from './infer-request.ts'
import type { RowOutputs } from './model-batcher.ts'

/** The model version that answers. */
export interface Answerer {
  readonly name: string
  readonly version: number
  /** Which model it is: see `originOf`. */
  readonly origin: Readonly<Record<string, string>>
  readonly outputs: readonly ModelOutput[]
}

export interface InferResponse {
  readonly body: Buffer
  /** Size of the JSON before the binary data, in bytes; undefined: the body is only JSON. */
  readonly jsonLength: number | undefined
}

/** The outputs to return, by default all. Throws SluiceError INPUT_INVALID for an output that the model does not have. */
export function wantedOutputs(request: InferRequest, outputs: readonly ModelOutput[]): readonly WantedOutput[] {
  const names = outputs.map(({ name }) => name)
  const unknown = request.outputs?.find(({ name }) => !names.includes(name))
  if (unknown !== undefined) throw new SluiceError('INPUT_INVALID', `the model has no output ${unknown.name}; it has: ${names.join(', ')}`)
  return request.outputs ?? names.map(name => ({ name, binary: request.binaryOutputs }))
}

/**
 * Writes the outputs, each in JSON or in binary as requested. A missing result and NaN are null in JSON and NaN in binary. Throws SluiceError
 * INPUT_INVALID for a missing result in binary of a type without NaN, MODEL_FAILED for an output that the model did not return.
 */
export function writeInferResponse(
  answerer: Answerer,
  request: InferRequest,
  wanted: readonly WantedOutput[],
  result: RowOutputs,
): InferResponse {
  const binaries: Buffer[] = []
  const outputs = wanted.map(({ name, binary }) => {
    const column = result.outputs.find(output => output.name === name)
    if (column === undefined) throw new SluiceError('MODEL_FAILED', `the model returned no output ${name}`)
    const type = answerer.outputs.find(output => output.name === name)?.type ?? 'float64'
    const { shape = [column.width] } = column
    const head = `"name":${JSON.stringify(name)},"datatype":"${datatypeOf[type]}","shape":[${[result.length, ...shape].join()}]`
    if (!binary) return `{${head},"data":[${jsonOf(column, type, result).join(',')}]}`
    const bytes = bytesOf(column, type, result)
    binaries.push(bytes)
    return `{${head},"parameters":{"binary_data_size":${bytes.length}}}`
  })
  const id = request.id === undefined ? '' : `,"id":${JSON.stringify(request.id)}`
  const named = `"model_name":${JSON.stringify(answerer.name)},"model_version":"${answerer.version}"${id}`
  const json = Buffer.from(`{${named},"parameters":${JSON.stringify(answerer.origin)},"outputs":[${outputs.join(',')}]}`)
  if (binaries.length === 0) return { body: json, jsonLength: undefined }
  return { body: Buffer.concat([json, ...binaries]), jsonLength: json.length }
}

type Type = ModelOutput['type']

function jsonOf(column: OutputColumn, type: Type, { blank }: RowOutputs): string[] {
  const { width } = column
  const write = column.kind === 'text' ? (at: number): string => JSON.stringify(column.values[at]) : numberWriter(column, type)
  return Array.from({ length: column.values.length }, (_, at) => (blank?.[Math.floor(at / width)] === 1 ? 'null' : write(at)))
}

function numberWriter({ values, exact }: Extract<OutputColumn, { kind: 'number' }>, type: Type): (at: number) => string {
  if (exact !== undefined) return at => String(exact[at])
  return at => {
    const value = values[at] as number
    // JSON has neither NaN nor infinities; binary data has both.
    if (!Number.isFinite(value)) return 'null'
    if (type === 'bool') return value === 0 ? 'false' : 'true'
    return Number.isInteger(value) && Math.abs(value) >= 1e21 && !isFraction(type) ? String(BigInt(value)) : String(value)
  }
}

function bytesOf(column: OutputColumn, type: Type, { blank }: RowOutputs): Buffer {
  const { name, width } = column
  const isNone = (at: number): boolean => blank?.[Math.floor(at / width)] === 1
  const spec = datatypeSpec(type)
  if (column.kind === 'text' || spec.kind === 'bytes') {
    return Buffer.concat(
      Array.from({ length: column.values.length }, (_, at) => {
        if (isNone(at)) throw noBinary(name, type, Math.floor(at / width))
        return withLength(String(column.values[at]))
      }),
    )
  }
  const bytes = Buffer.alloc(column.values.length * spec.size)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < column.values.length; at++) {
    const value = isNone(at) ? NaN : (column.values[at] as number)
    if (Number.isNaN(value) && !isFraction(type)) throw noBinary(name, type, Math.floor(at / width))
    if (spec.kind === 'bool') bytes[at] = value === 0 ? 0 : 1
    else spec.write(view, at * spec.size, column.exact?.[at] ?? value)
  }
  return bytes
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}

function noBinary(name: string, type: Type, row: number): SluiceError {
  const why = 'an input value is missing or not one that the model takes, such as a text with a zero byte'
  const what = `row ${row} has no result (${why}), and ${datatypeOf[type]} has no value for a missing result`
  return new SluiceError('INPUT_INVALID', `output ${name}: ${what}; request the output with "binary_data": false`)
}
