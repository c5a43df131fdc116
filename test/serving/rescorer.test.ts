import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { type DescriptorAt, KeptNamedModels, Rescorer } from '../../serving/index.ts'
import type { RawRecord } from '../../topology/index.ts'
import { modelRecord, shiftedSum, wine, withServing } from './serving-driver.ts'

const rescorer = suite('results scored again')

/** The store keeps the bytes of so many versions. */
const kept = 16

rescorer('a model whose bytes are in its record only is read once, however many of its results are scored again', () =>
  withServing(async serving => {
    const model = (shift: number): { name: string; dataType: string; bytes: Uint8Array } => ({
      name: `sum ${shift}`,
      dataType: 'wine',
      bytes: shiftedSum(shift),
    })
    await serving.publish(model(0))
    await serving.sendAndWait(wine('wine', 1), wine('wine', 2), wine('wine', 3))
    const results = serving.driver.read('results').map(({ value }) => sluice.ScoreResult.decode(value ?? new Uint8Array()))
    for (let shift = 1; shift <= kept; shift++) await serving.publish(model(shift))
    let read = 0
    const descriptorAt: DescriptorAt = () => {
      read++
      return Promise.resolve(sluice.ModelDescriptor.decode(modelRecord(model(0))))
    }
    const again = new Rescorer(serving.options, new KeptNamedModels(serving.store, descriptorAt))
    for (const [at, result] of results.entries()) {
      const value = Buffer.from(wine('wine', at + 1).value as Uint8Array)
      const record: RawRecord = {
        key: null,
        value,
        timestamp: 0,
        headers: undefined,
        topic: 'data',
        partition: 0,
        offset: at,
        source: undefined,
      }
      assert.equal(await again.again(result, record), [{ version: 1, status: 'OK', score: at + 1, label: '', equal: true, alone: true }])
    }
    await again.close()
    assert.equal([results.length, read], [3, 1])
  }),
)

rescorer.run()
