import { sluice } from '../../proto/messages.js'
import { csvRecordReader, jsonRecordReader, type RecordReader, wineRecordReader } from '../../records/index.ts'
import { ServingDriver, shiftedSum } from '../serving/serving-driver.ts'
import { type FuzzKind, type FuzzTarget, type Outcome, refusal } from './fuzz-target.ts'
import { type Dice, type Mutate, mutated, mutateProtobuf, mutateText } from './mutate.ts'

interface Format {
  readonly serving: ServingDriver
  readonly mutate: Mutate
  /** A record of a data type. */
  readonly record: (dataType: string) => { readonly key: string; readonly value: Uint8Array }
}

const { specs } = wineRecordReader()
const cells = specs.map((_, at) => (at === 10 ? 10 : 0))

async function formatOf(reader: RecordReader, mutate: Mutate, encode: (dataType: string) => Uint8Array): Promise<Format> {
  const serving = await ServingDriver.open({ reader })
  for (const dataType of ['good', 'bad']) await serving.publish({ dataType, bytes: shiftedSum(1) })
  return { serving, mutate, record: dataType => ({ key: dataType, value: encode(dataType) }) }
}

/** Mutants of records in every data format, among records of another data type. */
class RecordTarget implements FuzzTarget {
  readonly #formats: readonly Format[]

  constructor(formats: readonly Format[]) {
    this.#formats = formats
  }

  async attack(dice: Dice): Promise<Outcome> {
    const { serving, mutate, record } = dice.of(this.#formats)
    const bad = record('bad')
    const hostile = (): { key: string; value: Uint8Array } => ({ ...bad, value: mutated(bad.value, mutate, dice) })
    const from = (await this.#offset(serving)) + 1
    await serving.send(hostile(), record('good'), hostile(), record('good'))
    const results = serving.results()
    for (const offset of [from + 1, from + 3]) {
      const found = results.filter(({ inputOffset }) => inputOffset === offset)
      if (found.length !== 1 || found[0]?.score !== 11) throw new Error(`another data type got ${JSON.stringify(found)}`)
    }
    const refused = serving.deadLetters().map(({ code, message }) => refusal(code, message))
    const failed = results.filter(({ status, error }) => status === 'FAILED' && error === '')
    if (failed.length > 0) return { unclear: JSON.stringify(failed) }
    return refused.find(outcome => typeof outcome === 'object') ?? refused[0] ?? 'taken'
  }

  async close(): Promise<void> {
    for (const { serving } of this.#formats) await serving.driver.close()
  }

  /** Of the last record that was sent. */
  async #offset(serving: ServingDriver): Promise<number> {
    await serving.send(this.#formats.find(format => format.serving === serving)?.record('good') ?? { value: null })
    return serving.results()[0]?.inputOffset ?? -1
  }
}

export const records: FuzzKind = {
  mostMs: 10_000,
  open: async () =>
    new RecordTarget([
      await formatOf(wineRecordReader(), mutateProtobuf, dataType => sluice.WineRecord.encode({ dataType, alcohol: 10 }).finish()),
      await formatOf(jsonRecordReader({ specs, dataTypeField: 'type' }), mutateText, type =>
        Buffer.from(JSON.stringify({ type, ...Object.fromEntries(specs.map(({ name }, at) => [name, cells[at]])) })),
      ),
      await formatOf(csvRecordReader(specs), mutateText, () => Buffer.from(cells.join(','))),
    ]),
}
