import { execFileSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type AnsweredResult,
  type Replayed,
  RecordingReader,
  RecordingWriter,
  recordResults,
  replayed,
  type ResultSource,
} from '../../../cli/recording/index.ts'
import { SluiceError } from '../../../base/index.ts'
import { defaultModelFactory } from '../../../models/index.ts'
import { sluice } from '../../../proto/messages.js'
import { KeptNamedModels, wholeOf } from '../../../serving/index.ts'
import type { TestRecord } from '../../../topology/index.ts'
import { second } from '../../serving/composite-steps.ts'
import { ruleBytes, ruleFactory, ruleReader, ruleRecord } from '../../serving/rule-model.ts'
import { present, type ServingDriver, shiftedSum, wine, withDirectory, withServing } from '../../serving/serving-driver.ts'

const recording = suite('recordings')
const head = {
  sluice: '1.2.3',
  recordedAt: '2026-01-31T12:00:00Z',
  applicationId: 'app',
  dataTopic: 'data',
  modelsTopic: 'models',
  resultsTopic: 'results',
}

/** The results of a driver, as its topics have them. */
function sourceOf(
  { driver, store }: ServingDriver,
  inputs: readonly TestRecord[],
): ResultSource & { readonly all: readonly AnsweredResult[] } {
  const place = { topic: 'data', partition: 0, timestamp: 1_700_000_000_000, headers: { trace: Buffer.from([0, 255]) } }
  const all = driver.read('results').map(({ value: bytes }, offset): AnsweredResult => {
    const result = sluice.ScoreResult.decode(bytes ?? new Uint8Array())
    const input = present(inputs[wholeOf(result.inputOffset)])
    return {
      record: { ...place, topic: 'results', offset, key: null, value: Buffer.from(bytes ?? []) },
      result,
      input: {
        ...place,
        offset: wholeOf(result.inputOffset),
        key: Buffer.from(String(input.key)),
        value: Buffer.from(input.value as string | Uint8Array),
      },
    }
  })
  async function* results(): AsyncGenerator<AnsweredResult> {
    for (const each of all) yield await Promise.resolve(each)
  }
  return { all, models: new KeptNamedModels(store, () => Promise.resolve(undefined)), results }
}

interface Recording {
  readonly path: string
  readonly source: ResultSource & { readonly all: readonly AnsweredResult[] }
  readonly replay: (tolerance?: number) => Promise<readonly Replayed[]>
}

/** Records of no model, a rule, and a composite of a rule and an ONNX model; each with a score, a failure and no result. */
function recorded(use: (recorded: Recording) => Promise<void>): Promise<void> {
  const factory = ruleFactory().register('ONNX', present(defaultModelFactory().loader('ONNX')))
  const rows = [1, -1, 0, 5].map(x => ruleRecord('r', x))
  return withDirectory(directory =>
    withServing(
      async serving => {
        await serving.sendAndWait(ruleRecord('r', 9))
        await serving.publish({ dataType: 'r', name: 'a', bytes: ruleBytes({ factor: 2 }) })
        await serving.sendAndWait(...rows)
        await serving.publish({ dataType: 'r', name: 'b', bytes: second(1000, 'pair[0]', 'x'), after: 'a' })
        await serving.control('r', { setPolicy: { steps: [{ name: 'a' }, { name: 'b' }] } })
        await serving.sendAndWait(...rows)
        assert.equal(serving.deadLetters(), [])
        const source = sourceOf(serving, [ruleRecord('r', 9), ...rows, ...rows])
        const path = join(directory, 'a.recording')
        const writer = await RecordingWriter.open(path, head)
        assert.equal(await recordResults(source, writer), { results: 9, models: 2, inputGone: 0, modelGone: 0 })
        await writer.end()
        const replay = async (tolerance?: number): Promise<readonly Replayed[]> => {
          const found: Replayed[] = []
          const reader = await RecordingReader.open(path)
          for await (const each of replayed(reader, { serving: serving.options, tolerance })) found.push(each)
          return found
        }
        await use({ path, source, replay })
      },
      { factory, reader: ruleReader() },
    ),
  )
}

const verdicts = (found: readonly Replayed[]): unknown => found.map(({ verdict, why }) => [verdict, why])
const equal = ['equal', '']
const noModel = ['not comparable', 'there was no model']
const linesOf = async (path: string): Promise<string[]> => (await readFile(path, 'utf8')).trimEnd().split('\n')

/** Without what tells that the file is not as it was written. */
const unsealed = (text: string): string => text.replace(/,"sha256":"[0-9a-f]{64}"\}/, '}')

/** Changes a line of the file; undefined: it is left out. */
async function change(path: string, at: number, to: string | undefined): Promise<void> {
  const lines = (await linesOf(path)).map(unsealed)
  lines.splice(at - 1, 1, ...(to === undefined ? [] : [to]))
  await writeFile(path, `${lines.join('\n')}\n`)
}

async function refused(work: () => Promise<unknown>, why: RegExp): Promise<void> {
  let error: any
  await work().catch((thrown: unknown) => (error = thrown))
  assert.is(error?.code, 'INPUT_INVALID', String(error))
  assert.match(String(error.message), why)
}

recording('results of a model, of a composite, failures and those without a result are replayed equal, and read as they were', () =>
  recorded(async ({ source, replay, path }) => {
    const found = await replay()
    assert.equal(verdicts(found), [noModel, ...Array.from({ length: 8 }, () => equal)])
    assert.equal(
      found.map(({ again }) => again.map(each => 'status' in each && each.status)),
      [[], ...[0, 1].flatMap(() => [['OK'], ['FAILED'], ['NO_RESULT'], ['OK']])],
    )
    assert.equal(
      found.map(({ record, input }) => ({ record, input })),
      source.all.map(({ record, input }) => ({ record, input })),
    )
    const reader = await RecordingReader.open(path)
    assert.equal([reader.size, reader.head], [9, { kind: 'head', format: 1, ...head }])
  }),
)

recording(
  'a result that is changed is told with what differs, within a tolerance or not; one that failed then and does not now is told',
  () =>
    recorded(async ({ path, replay }) => {
      const lines = await linesOf(path)
      const changed = async (nth: number, to: (result: sluice.ScoreResult) => void): Promise<readonly Replayed[]> => {
        const at = lines.map((text, index) => (text.startsWith('{"kind":"result"') ? index : -1)).filter(index => index >= 0)[nth] as number
        const line = JSON.parse(lines[at] as string) as { result: { value: string } }
        const result = sluice.ScoreResult.decode(Buffer.from(line.result.value, 'base64'))
        to(result)
        line.result.value = Buffer.from(sluice.ScoreResult.encode(result).finish()).toString('base64')
        await writeFile(path, unsealed(`${lines.with(at, JSON.stringify(line)).join('\n')}\n`))
        return replay()
      }
      const scored = await changed(1, result => void (result.score += 1e-12))
      assert.equal([scored[1]?.verdict, scored[1]?.why], ['different', 'score'])
      assert.equal((await replay(1e-9))[1]?.verdict, 'equal')
      assert.equal((await replay(1e-15))[1]?.verdict, 'different')
      const output = await changed(1, result => void ((result.outputs[0] as { numbers: number[] }).numbers[1] = 77))
      assert.equal([output[1]?.verdict, output[1]?.why], ['different', 'output pair'])
      assert.equal((await changed(2, result => void (result.error = 'for another reason')))[2]?.why, 'error')
      const failed = await changed(1, result => void Object.assign(result, { status: 3, error: 'too slow' }))
      assert.equal([failed[1]?.verdict, failed[1]?.why], ['not comparable', 'it failed then, and does not now: too slow'])
      const fails = await changed(2, result => void (result.status = 0))
      assert.is(fails[2]?.verdict, 'different')
      assert.match(String(fails[2]?.why), /cannot take -1/)
      const unknown = await changed(1, result => void (result.modelVersion = 8))
      assert.match(String(unknown[1]?.why), /the recording has no version 8/)
    }),
)

recording('results whose input or model is gone are left out and counted', () =>
  withDirectory(directory =>
    withServing(async serving => {
      const inputs = [wine('wine', 1), wine('wine', 2), wine('wine', 3), wine('wine', 4)]
      await serving.publish({ name: 'first', dataType: 'wine', bytes: shiftedSum(0) })
      await serving.sendAndWait(...inputs.slice(0, 2))
      // The store keeps the bytes of 16 versions, and the first one's record is not there any more.
      for (let shift = 1; shift <= 16; shift++) await serving.publish({ name: `sum ${shift}`, dataType: 'wine', bytes: shiftedSum(shift) })
      await serving.sendAndWait(...inputs.slice(2))
      const source = sourceOf(serving, inputs)
      async function* results(): AsyncGenerator<AnsweredResult> {
        for (const [at, each] of source.all.entries()) yield await Promise.resolve(at === 3 ? { ...each, input: undefined } : each)
      }
      const path = join(directory, 'a.recording')
      const writer = await RecordingWriter.open(path, head)
      assert.equal(await recordResults({ ...source, results }, writer), { results: 1, models: 1, inputGone: 1, modelGone: 2 })
      await writer.abandon()
      await refused(() => RecordingReader.open(path), /cannot be read/)
      await refused(() => RecordingWriter.open(join(directory, 'none', 'a'), head), /cannot be written: ENOENT/)
    }),
  ),
)

recording('a file that is cut off, anywhere, is refused before anything is scored', () =>
  recorded(async ({ path }) => {
    const whole = await readFile(path)
    for (const length of [whole.length - 3, whole.length - 40, whole.length - 400, Math.floor(whole.length / 2), 600]) {
      await writeFile(path, whole.subarray(0, length))
      await refused(() => RecordingReader.open(path), /was cut off/)
    }
    await writeFile(path, '')
    await refused(() => RecordingReader.open(path), /is empty/)
    await refused(() => RecordingReader.open(`${path}.none`), /cannot be read: ENOENT/)
  }),
)

recording('a strange line is told with its number', () =>
  recorded(async ({ path, replay }) => {
    const whole = await readFile(path, 'utf8')
    const lines = await linesOf(path)
    const firstResult = lines.findIndex(line => line.startsWith('{"kind":"result"')) + 1
    const result = present(lines[firstResult - 1])
    const model = lines.findIndex(line => line.startsWith('{"kind":"model"')) + 1
    const bytes = lines.findIndex(line => line.startsWith('{"kind":"bytes"')) + 1
    for (const [at, text, why] of [
      [
        1,
        '{"kind":"head","format":2,"dataTopic":"data","resultsTopic":"results"}',
        /line 1: the recording has format 2, .* take a newer sluice/,
      ],
      [1, '{"kind":"something"}', /line 1: it is not the head/],
      [1, 'PNG', /line 1: it is not JSON/],
      [firstResult, '{', new RegExp(`line ${firstResult}: it is not JSON`)],
      [firstResult, '[]', new RegExp(`line ${firstResult}: it is no JSON object`)],
      [firstResult, '{"kind":"guess"}', new RegExp(`line ${firstResult}: it is of no known kind: "guess"`)],
      [firstResult, '{"kind":"result"}', new RegExp(`line ${firstResult}: `)],
      [firstResult, result.replace('"offset":0', '"offset":"x"'), new RegExp(`line ${firstResult}: offset is not a whole number`)],
      [firstResult, result.replace(/"value":"[^"]*"/, '"value":"*"'), new RegExp(`line ${firstResult}: value is not base64`)],
      [
        firstResult,
        result.replace(/"value":"[^"]*"/, '"value":null'),
        new RegExp(`line ${firstResult}: its record of the results topic is no result`),
      ],
      [model, '{"kind":"model"}', new RegExp(`line ${model}: it is no model`)],
      [bytes, undefined, new RegExp(`line ${bytes}: it has no bytes of the model`)],
      [bytes, '{"kind":"bytes","data":"AAAA"}', new RegExp(`line ${model}: the bytes of version 1 after it do not have the SHA-256`)],
      [firstResult, undefined, /has 8 results and 2 models, but its last line says 9 and 2/],
      [firstResult, '{"kind":"end","results":9,"models":2}', new RegExp(`line ${firstResult + 1}: there is a line after the last one`)],
    ] as const) {
      await writeFile(path, whole)
      await change(path, at, text)
      await refused(() => replay(), why)
    }
  }),
)

recording('whatever else a line says, the file is told to be wrong with the number of the line, or is replayed', () =>
  recorded(async ({ path, replay }) => {
    const whole = await readFile(path)
    const lines = await linesOf(path)
    const kinds = ['head', 'model', 'result', 'end']
    const chosen = kinds.map(kind => lines.findIndex(line => line.startsWith(`{"kind":"${kind}"`)) + 1)
    const second = lines.findLastIndex(line => line.startsWith('{"kind":"model"')) + 1
    const strange: string[] = []
    for (const at of [...chosen, second]) {
      const json = JSON.parse(present(lines[at - 1])) as Record<string, unknown>
      for (const [name, changed] of changesOf(json)) {
        await writeFile(path, whole)
        await change(path, at, JSON.stringify(changed))
        try {
          await replay()
        } catch (error) {
          if (!(error instanceof SluiceError) || error.code !== 'INPUT_INVALID') strange.push(`line ${at}, ${name}: ${String(error)}`)
        }
      }
    }
    assert.equal(strange, [])
  }),
)

/** The object with each of its values, and of theirs, replaced by others. */
function* changesOf(json: Readonly<Record<string, unknown>>): Generator<readonly [name: string, changed: unknown]> {
  for (const [name, value] of Object.entries(json)) {
    for (const other of [null, -1, 0.5, 1e300, '', 'x', [], [null], {}, { hash: 5 }])
      yield [`${name}: ${JSON.stringify(other)}`, { ...json, [name]: other }]
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    for (const [inner, changed] of changesOf(value as Record<string, unknown>)) yield [`${name}.${inner}`, { ...json, [name]: changed }]
  }
}

recording('a name that a file cannot have is refused before anything is read', () =>
  withDirectory(async directory => {
    await refused(() => RecordingWriter.open(directory, head), /cannot be written: it is a directory/)
    await refused(() => RecordingWriter.open('/dev/null', head), /cannot be written: it is no regular file/)
  }),
)

/** Lets this process write files of so many bytes at most while it runs `use`, as a file system does that is nearly full. */
async function withLargestFile(bytes: number, use: () => Promise<void>): Promise<void> {
  const limit = (most: number | 'unlimited'): Buffer => execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${most}:`])
  limit(bytes)
  await use().finally(() => limit('unlimited'))
}

const anyRecord = { topic: 'data', partition: 0, offset: 0, timestamp: 1, key: null, value: Buffer.alloc(1000), headers: undefined }

recording('a file system that takes no more: it is told, and nothing of the file is left', () =>
  withDirectory(async directory => {
    const writer = await RecordingWriter.open(join(directory, 'a.recording'), head)
    for (let count = 0; count < 20; count++) await writer.result(anyRecord, anyRecord)
    await withLargestFile(4096, () => refused(() => writer.end(), /a\.recording cannot be written: EFBIG/))
    await writer.abandon()
    assert.equal(await readdir(directory), [])
  }),
)

recording('two that are written under one name at the same time are whole each: the one that ends last stays', () =>
  withDirectory(async directory => {
    const path = join(directory, 'a.recording')
    const writers = [await RecordingWriter.open(path, head), await RecordingWriter.open(path, head)] as const
    const result = (offset: number): typeof anyRecord => ({
      ...anyRecord,
      offset,
      value: Buffer.from(sluice.ScoreResult.encode({ dataType: 'wine', inputOffset: offset }).finish()),
    })
    const longer = Buffer.alloc(2 * 1024 * 1024)
    for (let count = 0; count < 3; count++)
      for (const [at, writer] of writers.entries())
        for (let results = 0; results <= at; results++) await writer.result(result(count), { ...anyRecord, value: longer })
    for (const [at, writer] of writers.entries()) {
      await writer.end()
      const offsets: number[] = []
      for await (const { record } of (await RecordingReader.open(path)).results()) offsets.push(record.offset)
      assert.equal(offsets, at === 0 ? [0, 1, 2] : [0, 0, 1, 1, 2, 2])
    }
    assert.equal(await readdir(directory), ['a.recording'])
  }),
)

recording('a bit that is not as it was written, wherever, is told: it is not taken for another result of this build', () =>
  recorded(async ({ path, replay }) => {
    const whole = await readFile(path)
    const last = whole.lastIndexOf('{"kind":"end"')
    const taken: string[] = []
    for (let at = 0; at < last; at += Math.ceil(last / 150)) {
      const flipped = Buffer.from(whole)
      flipped[at] = (flipped[at] as number) ^ (1 << (at % 7))
      await writeFile(path, flipped)
      const found = await replay().catch((error: unknown) => error)
      if (!(found instanceof SluiceError) || found.code !== 'INPUT_INVALID') taken.push(`byte ${at}: ${String(found)}`)
    }
    assert.equal(taken, [])
  }),
)

recording('whatever a record is, it is read as it was: odd timestamps, headers and offsets', () =>
  withDirectory(async directory => {
    const path = join(directory, 'a.recording')
    const result = Buffer.from(sluice.ScoreResult.encode({ dataType: 'wine' }).finish())
    const headers = Object.fromEntries(['', 'a', '__proto__', 'toString', 'gr\u00fc\u00df'].map((name, at) => [name, Buffer.alloc(at, at)]))
    const records = [-1, 0, 2 ** 53, 2 ** 62, -(2 ** 63)].map((timestamp, at) => ({
      ...anyRecord,
      timestamp,
      offset: at === 0 ? Number.MAX_SAFE_INTEGER : at,
      key: at % 2 === 0 ? null : Buffer.alloc(0),
      value: at % 2 === 0 ? Buffer.alloc(0) : null,
      headers,
    }))
    const writer = await RecordingWriter.open(path, head)
    for (const record of records) await writer.result({ ...record, topic: 'results', value: result }, record)
    await writer.end()
    const read = []
    for await (const { record, input } of (await RecordingReader.open(path)).results()) read.push({ record, input })
    assert.equal(
      read,
      records.map(record => ({ record: { ...record, topic: 'results', value: result }, input: record })),
    )
  }),
)

recording.run()
