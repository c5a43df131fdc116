import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { OutputColumn, Scores } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { ScoreResultWriter, type Answered } from '../../serving/score-result-writer.ts'
import { decodeResult, type Result } from './serving-driver.ts'

const test = suite('ScoreResultWriter')
const { Status } = sluice.ScoreResult
const { ModelRole } = sluice

const numbers = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, Number.MIN_VALUE, Number.MAX_VALUE))
const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '5', 'größer', '🍷', 'a\u0000b', 'x'.repeat(200)))
/** Around the sizes at which a varint takes another byte, too. */
const whole = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.constantFrom(0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53),
)
const timestamps = fc.oneof(whole, fc.constantFrom(-1, -(2 ** 31), -(2 ** 53)), fc.maxSafeInteger())
const partitions = fc.oneof(fc.nat({ max: 2 ** 31 - 1 }), fc.constantFrom(0, 127, 128))
const constants = fc.record({
  dataType: texts,
  modelName: texts,
  modelVersion: whole,
  modelHash: fc.uint8Array({ maxLength: 32 }),
  role: fc.constantFrom(ModelRole.CHAMPION, ModelRole.CHALLENGER, ModelRole.SHADOW, ModelRole.FALLBACK),
  policy: whole,
  modelPartition: partitions,
  modelOffset: whole,
})
const inputs = fc.record({ timestamp: timestamps, partition: partitions, offset: whole })

interface Row {
  readonly score: number
  readonly label: string
  readonly noResult: boolean
  readonly input: Answered
  /** Values of each output. */
  readonly outputs: readonly (readonly (number | string)[])[]
}

interface Batch {
  readonly constant: { dataType: string; modelName: string; modelVersion: number; modelHash: Uint8Array }
  readonly columns: readonly { readonly name: string; readonly kind: 'number' | 'text'; readonly width: number }[]
  readonly labelled: boolean
  readonly rows: readonly Row[]
}

const batches: fc.Arbitrary<Batch> = fc
  .array(fc.record({ name: texts, kind: fc.constantFrom('number' as const, 'text' as const), width: fc.nat({ max: 20 }) }), {
    maxLength: 4,
  })
  .chain(columns =>
    fc.record({
      constant: constants,
      columns: fc.constant(columns),
      labelled: fc.boolean(),
      rows: fc.array(
        fc.record({
          score: numbers,
          label: texts,
          noResult: fc.boolean(),
          input: inputs,
          outputs: fc.tuple(
            ...columns.map(({ kind, width }) =>
              fc.array<number | string>(kind === 'number' ? numbers : texts, { minLength: width, maxLength: width }),
            ),
          ),
        }),
        { maxLength: 6 },
      ),
    }),
  )

function scoresOf({ columns, labelled, rows }: Batch): Scores {
  return {
    length: rows.length,
    score: Float64Array.from(rows, row => row.score),
    labels: labelled ? rows.map(row => row.label) : undefined,
    noResult: rows.some(row => row.noResult) ? Uint8Array.from(rows, row => (row.noResult ? 1 : 0)) : undefined,
    outputs: columns.map(({ name, kind, width }, at): OutputColumn => {
      const values = rows.flatMap(row => row.outputs[at] as readonly (number | string)[])
      return kind === 'number' ? { name, kind, width, values: values as number[] } : { name, kind, width, values: values as string[] }
    }),
  }
}

/** What the result of a row is to say. */
function meant({ constant, columns, labelled }: Batch, { score, label, noResult, input, outputs }: Row): sluice.ScoreResult.$Properties {
  return {
    ...constant,
    ...(noResult ? { status: Status.NO_RESULT } : { score, ...(labelled ? { label } : {}) }),
    timestamp: input.timestamp,
    inputPartition: input.partition,
    inputOffset: input.offset,
    outputs: columns.map(({ name, kind }, at) => ({ name, [kind === 'number' ? 'numbers' : 'texts']: outputs[at] })),
  }
}

/** Equal to the last bit: NaN is NaN, -0 is not 0. */
function same(found: Result, expected: Result): void {
  const exact = (result: Result): unknown =>
    JSON.parse(JSON.stringify(result, (_, each: unknown) => (typeof each === 'number' ? bitsOf(each) : each)))
  assert.equal(exact(found), exact(expected))
}

function bitsOf(number: number): string {
  return Number.isNaN(number) ? 'NaN' : Object.is(number, -0) ? '-0' : String(number)
}

test('its output decodes to the values, and equals the encoding of protobufjs', () => {
  fc.assert(
    fc.property(batches, batch => {
      const writer = new ScoreResultWriter(batch.constant)
      const written = writer.write(scoresOf(batch), row => batch.rows[row]?.input as Answered)
      assert.is(written.length, batch.rows.length)
      for (const [row, bytes] of written.entries()) {
        const properties = meant(batch, batch.rows[row] as Row)
        same(decodeResult(bytes), decodeResult(sluice.ScoreResult.encode(properties).finish()))
        const plain = decodeResult(bytes)
        const expected = batch.rows[row] as Row
        assert.ok(Object.is(plain.score, expected.noResult ? 0 : expected.score))
        assert.is(plain.timestamp, expected.input.timestamp)
        assert.is(plain.inputOffset, expected.input.offset)
        assert.is(plain.label, expected.noResult || !batch.labelled ? '' : expected.label)
        assert.is(plain.modelHash, Buffer.from(batch.constant.modelHash).toString('hex'))
      }
    }),
    { numRuns: 500 },
  )
})

test('writing again does not change earlier output', () => {
  fc.assert(
    fc.property(batches, batch => {
      const writer = new ScoreResultWriter(batch.constant)
      const write = (): Buffer[] => writer.write(scoresOf(batch), row => batch.rows[row]?.input as Answered)
      const first = write()
      const copies = first.map(bytes => Buffer.from(bytes))
      const second = write()
      assert.ok(first.every((bytes, row) => bytes.equals(copies[row] as Buffer) && bytes.equals(second[row] as Buffer)))
    }),
    { numRuns: 100 },
  )
})

test('a status without a score has the reason, for any input', () => {
  const statuses = fc.constantFrom(Status.OK, Status.NO_MODEL, Status.NO_RESULT, Status.FAILED)
  fc.assert(
    fc.property(constants, inputs, statuses, texts, (constant, input, status, error) => {
      const found = decodeResult(new ScoreResultWriter(constant).writeStatus(status, input, error))
      const { timestamp, partition, offset } = input
      const { dataType, modelName, modelVersion } = constant
      same(found, {
        dataType,
        modelName,
        modelVersion,
        timestamp,
        error,
        modelHash: Buffer.from(constant.modelHash).toString('hex'),
        status: Status[status],
        inputPartition: partition,
        inputOffset: offset,
        score: 0,
        label: '',
        outputs: [],
        role: ModelRole[constant.role],
        policy: constant.policy,
        modelPartition: constant.modelPartition,
        modelOffset: constant.modelOffset,
      })
    }),
    { numRuns: 300 },
  )
})

test('more labels than the cache holds are written correctly', () => {
  const writer = new ScoreResultWriter({ dataType: 'd', modelName: 'm', modelVersion: 1, modelHash: new Uint8Array(32) })
  const labels = Array.from({ length: 25_000 }, (_, at) => `label ${at}`)
  const scores: Scores = { length: labels.length, score: new Float64Array(labels.length), labels, noResult: undefined, outputs: [] }
  const written = writer.write(scores, offset => ({ timestamp: 1, partition: 0, offset }))
  assert.equal(
    written.map(bytes => decodeResult(bytes).label),
    labels,
  )
})

test.run()
