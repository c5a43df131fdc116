import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { messageOf, SluiceError } from '../../base/index.ts'
import { isObject } from '../../base/options/index.ts'
import { contentOf } from '../../models/index.ts'
import type { ModelWithBytes, NamedModel, NamedModels } from '../../serving/index.ts'
import type { ModelVersion } from '../../stores/index.ts'
import { resultIn } from '../explain/index.ts'
import { type FileLine, fileLines, type LineStart } from './file-lines.ts'
import { type EndLine, type HeadLine, type ModelLine, recordingFormat, type ResultLine } from './recorded-lines.ts'
import { bytesIn, topicRecord } from './recorded-record.ts'
import type { AnsweredResult, ResultSource } from './result-source.ts'

type Line = Readonly<Record<string, unknown>>

/** A model whose bytes are in the lines after this place. */
interface RecordedModel extends LineStart {
  readonly line: ModelLine
}

/** Longer than any last line. */
const endBytes = 256

/** Reads a recording, line by line; the bytes of a model when they are asked for. All errors of the file are INPUT_INVALID, with the number of the line. */
export class RecordingReader implements ResultSource {
  readonly head: HeadLine
  /** How many results it has. */
  readonly size: number
  readonly models: NamedModels = { find: (dataType, named) => this.#find(dataType, named) }
  readonly #path: string
  readonly #found = new Map<string, RecordedModel>()

  private constructor(path: string, head: HeadLine, size: number) {
    this.#path = path
    this.head = head
    this.size = size
  }

  /** Throws INPUT_INVALID: there is no such file, it is no recording, one of a newer format, or it was cut off. */
  static async open(path: string): Promise<RecordingReader> {
    for await (const line of fileLines(path)) {
      const head = headIn(path, line)
      return new RecordingReader(path, head, await sizeOf(path))
    }
    throw new SluiceError('INPUT_INVALID', `${path} is empty: it is no recording of sluice record`)
  }

  async *results(): AsyncGenerator<AnsweredResult> {
    let results = 0
    let bytesLines = 0
    let end: EndLine | undefined
    const hash = createHash('sha256')
    let before: FileLine | undefined
    for await (const line of fileLines(this.#path)) {
      // All but the last one.
      if (before !== undefined) hash.update(before.bytes).update('\n')
      before = line
      if (line.number === 1) continue
      const json = jsonIn(this.#path, line)
      if (end !== undefined) throw wrong(this.#path, line, 'there is a line after the last one')
      if (bytesLines > 0) {
        if (json['kind'] !== 'bytes') throw wrong(this.#path, line, 'it has no bytes of the model before it')
        bytesLines--
      } else if (json['kind'] === 'model') {
        bytesLines = this.#add(json, line)
      } else if (json['kind'] === 'result') {
        results++
        yield this.#result(json as unknown as ResultLine, line)
      } else if (json['kind'] === 'end') {
        end = json as unknown as EndLine
      } else {
        throw wrong(this.#path, line, `it is of no known kind: ${JSON.stringify(json['kind']) ?? 'none'}`)
      }
    }
    if (end?.results !== results || end.models !== this.#found.size)
      throw new SluiceError(
        'INPUT_INVALID',
        `${this.#path} has ${results} results and ${this.#found.size} models, but its last line says ${end?.results} and ${end?.models}: lines are missing`,
      )
    const found = hash.digest('hex')
    if (end.sha256 !== undefined && end.sha256 !== found)
      throw new SluiceError(
        'INPUT_INVALID',
        `${this.#path} is not as it was written: its SHA-256 up to the last line is ${found}, and that says ${end.sha256}; copy it again, or record again`,
      )
  }

  #add(json: Line, line: FileLine): number {
    const { dataType, hash, facts, pieces, signaturePieces } = json as unknown as ModelLine
    const isFacts = isObject(facts) && Number.isSafeInteger(facts['version']) && typeof facts['location'] === 'string'
    const areCounts = [pieces, signaturePieces].every(count => Number.isSafeInteger(count) && count >= 0)
    if (isObject(facts) && !areFields(facts['takes']))
      throw wrong(this.#path, line, 'takes, what the model takes of another one, is no list of fields')
    if (typeof dataType !== 'string' || typeof hash !== 'string' || !isFacts || !areCounts)
      throw wrong(this.#path, line, 'it is no model: dataType, hash, facts or pieces are missing')
    this.#found.set(keyOf(dataType, Number(facts['version']), hash), {
      number: line.number,
      next: line.next,
      line: json as unknown as ModelLine,
    })
    return pieces + signaturePieces
  }

  #result({ result: recorded, input }: ResultLine, line: FileLine): AnsweredResult {
    const { resultsTopic, dataTopic } = this.head
    try {
      const record = topicRecord(resultsTopic, recorded)
      const result = resultIn(record)
      if (result === undefined) throw new TypeError('its record of the results topic is no result')
      return { record, result, input: topicRecord(dataTopic, input) }
    } catch (error) {
      throw wrong(this.#path, line, messageOf(error), error)
    }
  }

  async #find(dataType: string, { version, hash }: NamedModel): Promise<ModelWithBytes> {
    const hex = Buffer.from(hash).toString('hex')
    const found = this.#found.get(keyOf(dataType, version, hex))
    if (found === undefined)
      throw new SluiceError('MODEL_UNKNOWN', `the recording has no version ${version} of SHA-256 ${hex} before this result`)
    const { facts, pieces, signaturePieces } = found.line
    const lines: Buffer[] = []
    const count = pieces + signaturePieces
    if (count > 0)
      for await (const line of fileLines(this.#path, found)) {
        try {
          lines.push(bytesIn('data', jsonIn(this.#path, line)['data']))
        } catch (error) {
          throw wrong(this.#path, line, messageOf(error), error)
        }
        if (lines.length === count) break
      }
    const bytes = pieces === 0 ? undefined : Buffer.concat(lines.slice(0, pieces))
    const signature = signaturePieces === 0 ? undefined : Buffer.concat(lines.slice(pieces))
    if (bytes !== undefined && !(await contentOf(bytes)).hash.every((byte, at) => byte === hash[at]))
      throw wrong(this.#path, found, `the bytes of version ${version} after it do not have the SHA-256 ${hex}`)
    const known = { ...facts, hash } as unknown as ModelVersion
    return { version: known, bytesOf: wanted => (wanted === known.signature?.hash ? signature : bytes) }
  }
}

/** Whether it is a list of fields as `ModelField` says, or absent. */
function areFields(takes: unknown): boolean {
  if (takes === undefined) return true
  return (
    Array.isArray(takes) &&
    takes.every(field => isObject(field) && typeof field['name'] === 'string' && (field['kind'] === 'number' || field['kind'] === 'text'))
  )
}

function keyOf(dataType: string, version: number, hash: string): string {
  return JSON.stringify([dataType, version, hash])
}

function headIn(path: string, line: FileLine): HeadLine {
  const head = jsonIn(path, line)
  const { kind, format, resultsTopic, dataTopic } = head
  if (kind !== 'head' || typeof format !== 'number' || typeof resultsTopic !== 'string' || typeof dataTopic !== 'string')
    throw wrong(path, line, 'it is not the head of a recording of sluice record')
  if (format > recordingFormat)
    throw wrong(
      path,
      line,
      `the recording has format ${format}, and this build reads formats up to ${recordingFormat}: take a newer sluice`,
    )
  return head as unknown as HeadLine
}

/** The number of results that the last line tells of. */
async function sizeOf(path: string): Promise<number> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const length = Math.min(size, endBytes)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const last = buffer.toString('utf8').trimEnd().split('\n').at(-1) ?? ''
    const results = /^\{"kind":"end","results":(\d+),/.exec(last)?.[1]
    if (results === undefined || !last.endsWith('}'))
      throw new SluiceError(
        'INPUT_INVALID',
        `${path} was cut off: it has no last line that tells how much is in it; record again, or copy it again`,
      )
    return Number(results)
  } finally {
    await file.close()
  }
}

function jsonIn(path: string, line: FileLine): Line {
  let json: unknown
  try {
    json = JSON.parse(line.text)
  } catch (error) {
    throw wrong(path, line, 'it is not JSON', error)
  }
  if (!isObject(json)) throw wrong(path, line, 'it is no JSON object')
  return json
}

function wrong(path: string, { number }: Pick<FileLine, 'number'>, why: string, cause?: unknown): SluiceError {
  return new SluiceError('INPUT_INVALID', `${path}, line ${number}: ${why}`, { cause })
}
