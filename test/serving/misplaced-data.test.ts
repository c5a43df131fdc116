import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MisplacedData } from '../../serving/misplaced-data.ts'
import { MetricsRecorder } from '../../topology/index.ts'
import { shiftedSum, wine, withServing } from './serving-driver.ts'

const misplaced = suite('data on another partition than its data type')

misplaced('is counted by data type, and causes one warning with the remedy', () => {
  const metrics = new MetricsRecorder()
  const logs: Readonly<Record<string, unknown>>[] = []
  const data = new MisplacedData('data')
  const task = (partition: number): ReturnType<MisplacedData['of']> =>
    data.of({ partition, metrics, log: (_, __, fields) => logs.push(fields), partitionOf: (_, key) => key.length % 4 })
  const [first, other] = [task(1), task(2)]
  assert.equal([first('a', 5), first('ab', 7), first('ab', 1), other('ab', 9), other('a', 2)], [undefined, 2, 2, undefined, 1])
  const [family] = metrics.families().filter(({ name }) => name === 'sluice_misplaced_records_total')
  assert.equal(
    family?.samples.map(({ labels, value }) => [labels[0], value]),
    [
      ['ab', 8],
      ['a', 2],
    ],
  )
  assert.equal(
    logs.map(({ dataType, partition, expected }) => [dataType, partition, expected]),
    [
      ['ab', 1, 2],
      ['a', 2, 1],
    ],
  )
  assert.match(String(logs[0]?.['remedy']), /partitioner=murmur2_random/)
})

misplaced('a key that should be the data type but is not UTF-8 is reported', () =>
  withServing(async serving => {
    await serving.publish({ dataType: '\u{fffd}', bytes: shiftedSum(1) })
    await serving.send({ ...wine('', 1), key: Buffer.from([0xff]) })
    assert.equal(serving.results(), [])
    const [letter] = serving.deadLetters()
    assert.is(letter?.code, 'RECORD_UNDECODABLE')
    assert.match(letter?.message ?? '', /not UTF-8 text \(in hex ff\)/)
  }),
)

misplaced.run()
