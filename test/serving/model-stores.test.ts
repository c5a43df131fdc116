import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { servingTopology } from '../../serving/index.ts'
import type { ModelStoreKind } from '../../serving/index.ts'
import { type Result, servingOptions, sha256Of, shiftedSum, wine, withServing } from './serving-driver.ts'

const { ModelType } = sluice.ModelDescriptor
const kinds: readonly ModelStoreKind[] = ['model', 'key-value', 'memory']
const shown = ({ status, score, modelName, modelVersion }: Result): string => `${status} ${modelName} ${modelVersion} ${score}`

for (const store of kinds)
  for (const join of store === 'memory' ? (['keyed'] as const) : (['keyed', 'broadcast'] as const)) {
    const test = suite(`models in store ${store}, join ${join}`)
    const with3 = (use: Parameters<typeof withServing>[0]): Promise<void> => withServing(use, { store, join })

    test('data is scored by the current model, by its version and name', () =>
      with3(async serving => {
        await serving.send(wine('red', 1))
        await serving.publish({ dataType: 'red', name: 'one', bytes: shiftedSum(100) })
        await serving.send(wine('red', 1), wine('white', 1), wine('red', 2))
        await serving.publish({ dataType: 'red', name: 'two', bytes: shiftedSum(200) })
        await serving.publish({ dataType: 'white', name: 'other', bytes: shiftedSum(300) })
        await serving.send(wine('red', 1), wine('white', 1))
        assert.equal(serving.results().map(shown), [
          'NO_MODEL  0 0',
          'OK one 1 101',
          'NO_MODEL  0 0',
          'OK one 1 102',
          'OK two 2 201',
          'OK other 1 301',
        ])
        assert.equal(serving.deadLetters(), [])
      }))

    test('a refused model leaves the one before; a withdrawn one leaves none, and numbers go on', () =>
      with3(async serving => {
        await serving.publish({ dataType: 'red', name: 'one', bytes: shiftedSum(100) })
        await serving.publish({ dataType: 'red', name: 'bad', bytes: Buffer.from('no model') })
        await serving.send(wine('red', 1))
        await serving.driver.pipe('models', { key: 'red', value: null })
        await serving.send(wine('red', 1))
        await serving.publish({ dataType: 'red', name: 'two', bytes: shiftedSum(200) })
        await serving.send(wine('red', 1))
        assert.equal(serving.results().map(shown), ['OK one 1 101', 'NO_MODEL  0 0', 'OK two 2 201'])
        assert.equal(
          serving.deadLetters().map(({ code }) => code),
          ['MODEL_UNKNOWN_FORMAT'],
        )
      }))

    test.run()
  }

const keyValue = suite('models in a standard key-value store')

keyValue('a query shows the current model without figures and without bytes', () =>
  withServing(
    async serving => {
      const bytes = shiftedSum(100)
      await serving.publish({ dataType: 'red', name: 'one', modeltype: ModelType.ONNX, bytes })
      await serving.driver.commit()
      const { since, ...view } = serving.store.query('red') as unknown as Record<string, unknown>
      assert.type(since, 'number')
      assert.equal(view, {
        dataType: 'red',
        name: 'one',
        description: '',
        version: 1,
        hash: sha256Of(bytes),
        modeltype: 'ONNX',
        size: bytes.length,
      })
    },
    { store: 'key-value' },
  ),
)

keyValue('a model that no record of the changelog can hold is refused, and says what to do', () =>
  withServing(
    async serving => {
      await serving.publish({ dataType: 'red', name: 'large', bytes: Buffer.alloc(1_000_000) })
      const piece = { sha256: Buffer.alloc(32, 1), index: 0, count: 2, size: 2_000_000 }
      await serving.driver.pipe('models', {
        key: 'red/piece/0',
        value: sluice.ModelDescriptor.encode({ dataType: 'red', piece, data: Buffer.alloc(10) }).finish(),
      })
      const [whole, part] = serving.deadLetters()
      assert.is(whole?.code, 'MODEL_TOO_LARGE')
      assert.is(part?.code, 'MODEL_TOO_LARGE')
      assert.match(String(part?.message), /2000000 bytes.*"store: key-value".*publish it by location, or use "store: model"/)
    },
    { store: 'key-value' },
  ),
)

keyValue('one model of a data type is none to decide between', () => {
  const policies = { wine: { models: [{ model: 'deep' }], budgetMs: 20, decider: { kind: 'smartest' } } } as const
  assert.throws(
    () => servingTopology({ ...servingOptions({ store: 'key-value' }), policies }),
    /store "key-value" keeps one model of a data type, and policies are for several; use store model or memory/,
  )
})

keyValue.run()

const memory = suite('models in memory')

memory('no task could follow the models of another one', () => {
  assert.throws(
    () => servingTopology(servingOptions({ store: 'memory', join: 'broadcast' })),
    /store "memory" has no changelog .*; use store model or key-value, or join keyed/,
  )
})

memory('the topology reads the topic of the models from its beginning; only what waits has a changelog', () => {
  const topology = servingTopology(servingOptions({ store: 'memory' }))
  assert.match(topology.describe().toString(), /Source: models \(topics: \[models\], read first, from the beginning\)/)
  assert.equal(
    topology
      .build()
      .subTopologies.flatMap(({ stores }) => stores)
      .map(({ builder: { name, logged } }) => `${name} ${logged}`)
      .toSorted(),
    ['ModelStateStore false', 'ModelStateStore-waiting true'],
  )
})

memory.run()
