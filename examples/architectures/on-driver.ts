import { TopologyTestDriver } from '../../testing.ts'
import type { Architecture } from './architectures.ts'
import { batchMs } from './micro-batch.ts'
import { decodeResult, lineOf, modelValue, phases, rowValue, topics, typeOf } from './recording.ts'

/** The timestamp of the first row; each row has one of its own. */
const start = 1_000_000

/** What the architecture answers to the recorded input on the test driver, row by row. */
export async function linesOnDriver({ topology }: Architecture): Promise<string[]> {
  const driver = await TopologyTestDriver.open(topology())
  try {
    for (const { models, rows } of phases) {
      for (const model of models)
        await driver.pipe(topics.models, { key: model.dataType, value: modelValue(model), timestamp: start + rows[0] })
      for (let row = rows[0]; row < rows[1]; row++)
        await driver.pipe(topics.data, { key: typeOf(row), value: rowValue(row), timestamp: start + row })
      await driver.advanceWallClockTime(batchMs)
    }
    const letters = driver.read(TopologyTestDriver.deadLetterTopic)
    if (letters.length > 0) throw new Error(`dead letters: ${String(letters[0]?.headers?.['sluice.error.message'])}`)
    return driver.read(topics.results).map(({ value }) => {
      const result = decodeResult(value!)
      return lineOf(result.timestamp - start, result)
    })
  } finally {
    await driver.close()
  }
}
