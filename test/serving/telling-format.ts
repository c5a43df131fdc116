/** Two formats whose models tell what they saw: the first gives outputs of every odd kind, the second gives its inputs as text. */
import { type FormatLoader, mapFeatures, type Model, type ModelInput, type ModelOutput, type Scores } from '../../models/index.ts'
import type { Column, ColumnBatch } from '../../records/column-batch.ts'

const [givingMagic, tellingMagic] = ['giving', 'telling'].map(name => `${name} model`) as [string, string]

export const [givingBytes, tellingBytes] = [Buffer.from(givingMagic), Buffer.from(tellingMagic)]

export const givingLoader: FormatLoader = {
  detect: bytes => givingBytes.equals(bytes),
  load: () => Promise.resolve(new GivingModel()),
}

export const tellingLoader: FormatLoader = {
  detect: bytes => tellingBytes.equals(bytes),
  load: () => Promise.resolve(new TellingModel()),
}

/** What `x` is to have: a number without a value, an infinity, −0, a text without letters or with a zero byte, a result without a score, none. */
export const odd = { nan: 7, infinite: 8, negativeZero: 9, empty: 10, zeroByte: 11, noScore: 12, none: 13 } as const

class GivingModel implements Model {
  readonly format = 'GIVING'
  readonly inputs: readonly ModelInput[] = [{ name: 'x', type: 'float64', width: 1, required: false }]
  readonly outputs: readonly ModelOutput[] = [
    { name: 'n', type: 'float64', width: 2 },
    { name: 'whole', type: 'int64', width: 1 },
    { name: 't', type: 'string', width: 1 },
  ]

  score(batch: ColumnBatch): Scores {
    const { length } = batch
    const x = columnsOf(this.inputs, batch)[0]
    const xs = Array.from({ length }, (_, row) => (x?.kind === 'number' && x.missing[row] !== 1 ? (x.values[row] as number) : odd.none))
    const score = Float64Array.from(xs, each => (each === odd.noScore || each === odd.none ? NaN : each))
    const numbers = xs.flatMap(each => [
      each === odd.nan ? NaN : each === odd.infinite ? -Infinity : each === odd.negativeZero ? -0 : each,
      each,
    ])
    const exact = BigInt64Array.from(xs, each => 2n ** 60n + BigInt(Math.trunc(each)))
    return {
      length,
      score,
      labels: undefined,
      noResult: Uint8Array.from(xs, each => (each === odd.noScore || each === odd.none ? 1 : 0)),
      blank: Uint8Array.from(xs, each => (each === odd.none ? 1 : 0)),
      outputs: [
        { name: 'n', kind: 'number', width: 2, values: Float64Array.from(numbers) },
        { name: 'whole', kind: 'number', width: 1, values: Float64Array.from(exact, Number), exact },
        {
          name: 't',
          kind: 'text',
          width: 1,
          values: xs.map(each => (each === odd.empty ? '' : each === odd.zeroByte ? 'a\0b' : `t${each}`)),
        },
      ],
    }
  }

  dispose(): Promise<void> {
    return Promise.resolve()
  }
}

class TellingModel implements Model {
  readonly format = 'TELLING'
  readonly inputs: readonly ModelInput[] = [
    { name: 'n[0]', type: 'float64', width: 1, required: false },
    { name: 'whole', type: 'int64', width: 1, required: false },
    { name: 't', type: 'string', width: 1, required: false },
    { name: 'word', type: 'string', width: 1, required: false },
    { name: 'x', type: 'float64', width: 1, required: false },
  ]
  readonly outputs: readonly ModelOutput[] = [{ name: 'saw', type: 'string', width: 1 }]

  score(batch: ColumnBatch): Scores {
    const { length } = batch
    const columns = columnsOf(this.inputs, batch)
    const values = Array.from({ length }, (_, row) => JSON.stringify(columns.map(column => cellOf(column, row))))
    return {
      length,
      score: new Float64Array(length),
      labels: undefined,
      noResult: undefined,
      outputs: [{ name: 'saw', kind: 'text', width: 1, values }],
    }
  }

  dispose(): Promise<void> {
    return Promise.resolve()
  }
}

function columnsOf(inputs: readonly ModelInput[], batch: ColumnBatch): readonly (Column | undefined)[] {
  return mapFeatures(inputs, batch.specs).inputs.map(({ columns: [at] }) => (at === undefined ? undefined : batch.columns[at]))
}

function cellOf(column: Column | undefined, row: number): string {
  if (column === undefined) return 'no field'
  if (column.kind === 'text') return column.values[row] ?? 'missing'
  if (column.missing[row] === 1) return 'missing'
  const value = column.values[row] as number
  const exact = column.exact === undefined || Math.abs(value) < 2 ** 53 ? '' : ` ${column.exact[row]}`
  return `${Object.is(value, -0) ? '-0' : value}${exact}${column.invalid?.[row] === 1 ? ' invalid' : ''}`
}
