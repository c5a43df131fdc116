import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/index.ts'
import { servingTopology, type ServingOptions } from '../../serving/index.ts'

const test = suite('options of the serving topology')

for (const given of [undefined, null, {}, { dataTopic: 'data' }, 7]) {
  test(`${JSON.stringify(given)} in place of what servingOptions returns is refused, with what is missing`, () => {
    assert.throws(
      () => servingTopology(given as unknown as ServingOptions),
      (error: unknown) =>
        error instanceof SluiceError &&
        error.code === 'CONFIG_INVALID' &&
        /servingTopology takes the options that servingOptions returns; missing: .*modelsTopic.*maxModelBytes/.test(error.message),
    )
  })
}

test.run()
