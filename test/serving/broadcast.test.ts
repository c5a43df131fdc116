import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { servingTopology } from '../../serving/index.ts'
import { servingOptions, shiftedSum, wine, withServing } from './serving-driver.ts'

const broadcast = suite('model serving with broadcast models')
const first = shiftedSum(1)
const second = shiftedSum(2)

broadcast('models and data are in separate sub-topologies: the first has the models, the second their statistics and what waits', () => {
  const { subTopologies } = servingTopology(servingOptions({ join: 'broadcast' })).build()
  assert.equal(
    subTopologies.map(({ sourceTopics, stores, globalStores }) => [sourceTopics, stores.length, globalStores.length]),
    [
      [['models'], 1, 1],
      [['data'], 2, 1],
    ],
  )
  assert.is(servingTopology(servingOptions({})).build().subTopologies.length, 1)
})

broadcast('data with any key, or none, is scored with the model of its data type, and keeps its key', () =>
  withServing(
    async serving => {
      await serving.send(wine('red', 9, { key: null }))
      await serving.publish({ dataType: 'red', name: 'r', bytes: first })
      await serving.publish({ dataType: 'white', name: 'w', bytes: second })
      await serving.send(wine('red', 9, { key: 'customer 7' }), wine('white', 9, { key: null }), wine('red', 10, { key: null }))
      await serving.publish({ dataType: 'red', name: 'r2', bytes: second })
      await serving.send(wine('red', 9, { key: 'white' }))
      const records = serving.driver.read('results')
      assert.equal(
        records.map(({ key }) => (key === null ? null : Buffer.from(key).toString())),
        [null, 'customer 7', null, null, 'white'],
      )
    },
    { join: 'broadcast' },
  ),
)

broadcast('versions, scores and statistics are those of the data type', () =>
  withServing(
    async serving => {
      await serving.send(wine('red', 9, { key: null }))
      await serving.publish({ dataType: 'red', name: 'r', bytes: first })
      await serving.send(wine('red', 9, { key: null }), wine('red', 10, { key: 'x' }))
      await serving.publish({ dataType: 'red', name: 'r2', bytes: second })
      await serving.send(wine('red', 9, { key: 'y' }))
      assert.equal(
        serving.results().map(({ status, modelVersion, score }) => [status, modelVersion, score]),
        [
          ['NO_MODEL', 0, 0],
          ['OK', 1, 10],
          ['OK', 1, 11],
          ['OK', 2, 11],
        ],
      )
      assert.is(serving.store.statistics('red')?.invocations, 1)
    },
    { join: 'broadcast' },
  ),
)

broadcast.run()
