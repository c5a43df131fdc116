import type { KeyValueStore } from '../../index.ts'
import { type TestRecord, TopologyTestDriver } from '../../testing.ts'
import type { Architecture, Surroundings } from './architectures.ts'
import { batchMs } from './micro-batch.ts'
import { decodeResult, lineOf, phases, rowValue, topics, typeOf } from './recording.ts'
import { tableStore } from './two-queries.ts'

/** The timestamp of the first row; each row has one of its own. */
const start = 1_000_000

/** What the architecture answers to the recorded input on the test driver, row by row. */
export async function linesOnDriver(architecture: Architecture): Promise<string[]> {
  const surroundings = await architecture.open()
  const queries = await Queries.open(architecture, surroundings)
  const lines: string[] = []
  try {
    for (const { models, rows } of phases) {
      for (const model of models)
        await queries.publish({ key: model.dataType, value: surroundings.modelValue(model), timestamp: start + rows[0] })
      const { driver } = queries
      for (let row = rows[0]; row < rows[1]; row++)
        await driver.pipe(topics.data, { key: typeOf(row), value: rowValue(row), timestamp: start + row })
      await driver.advanceWallClockTime(batchMs)
      lines.push(...linesOf(driver))
    }
    return lines
  } finally {
    await queries.close()
    await surroundings.close()
  }
}

function linesOf(driver: TopologyTestDriver): string[] {
  const letters = driver.read(TopologyTestDriver.deadLetterTopic)
  if (letters.length > 0) throw new Error(`dead letters: ${String(letters[0]?.headers?.['sluice.error.message'])}`)
  return driver.read(topics.results).map(({ value }) => {
    const result = decodeResult(value!)
    return lineOf(result.timestamp - start, result)
  })
}

/** One topology, or the second of two queries, which is opened anew when a model has changed the table of the first. */
class Queries {
  readonly #first: TopologyTestDriver | undefined
  readonly #surroundings: Surroundings
  driver: TopologyTestDriver

  private constructor(first: TopologyTestDriver | undefined, surroundings: Surroundings, driver: TopologyTestDriver) {
    this.#first = first
    this.#surroundings = surroundings
    this.driver = driver
  }

  static async open({ tableQuery }: Architecture, surroundings: Surroundings): Promise<Queries> {
    const first = tableQuery && (await TopologyTestDriver.open(tableQuery()))
    return new Queries(first, surroundings, await TopologyTestDriver.open(surroundings.topology()))
  }

  async publish(model: TestRecord): Promise<void> {
    if (this.#first === undefined) return this.driver.pipe(topics.models, model)
    await this.#first.pipe(topics.models, model)
    await this.driver.close()
    const table = new Map<string, Uint8Array>()
    const rows = this.#first.getStateStore<KeyValueStore<string, Uint8Array>>(tableStore)!
    for await (const [key, value] of rows.range()) table.set(key, value)
    this.driver = await TopologyTestDriver.open(this.#surroundings.topology('', table))
  }

  async close(): Promise<void> {
    await this.driver.close()
    await this.#first?.close()
  }
}
