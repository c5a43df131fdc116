import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LoadedModels } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import type { ServingOptions } from '../../serving/index.ts'
import {
  controlRecord,
  modelRecord,
  type ModelRecord,
  servingOptions,
  present,
  sha256Of,
  shiftedSum,
  wine,
  withDirectory,
  withServing,
} from './serving-driver.ts'
import { ServingTask } from './serving-task.ts'

const { ModelType } = sluice.ModelDescriptor
const first = shiftedSum(1)
const sha = (bytes: Uint8Array): Buffer => Buffer.from(sha256Of(bytes), 'hex')
const model = (dataType: string, bytes: Uint8Array, more: Partial<ModelRecord> = {}): ModelRecord => ({
  name: `${dataType} model`,
  dataType,
  modeltype: ModelType.ONNX,
  bytes,
  ...more,
})

const accepted = suite('ModelProcessor: models that are accepted')

accepted('an inline model becomes version 1: state, bytes and view', () =>
  withServing(async serving => {
    const before = Date.now()
    await serving.publish(model('wine', first, { description: 'a sum', sha256: sha(first) }), { timestamp: 1234 })
    const state = serving.store.state('wine')
    assert.equal([state?.current, state?.latest, state?.nextOffset, state?.versions.length], [1, 1, 1, 1])
    const { hash, since, ...version } = present(state?.versions[0])
    assert.is(Buffer.from(hash).toString('hex'), sha256Of(first))
    assert.equal(version, {
      version: 1,
      name: 'wine model',
      description: 'a sum',
      modeltype: ModelType.ONNX,
      size: first.length,
      location: '',
      output: '',
      partition: 0,
      offset: 0,
      created: 1234,
      gives: [{ name: 'y', kind: 'number' }],
    })
    assert.ok(since >= before && since <= Date.now(), 'when it began to serve, not when its record was made')
    assert.equal(Buffer.from(serving.store.bytesOf(hash) ?? []), Buffer.from(first))
    assert.is(serving.store.query('wine'), undefined, 'queries see what is committed')
    await serving.driver.commit()
    assert.equal([serving.store.query('wine')?.version, serving.store.query('wine')?.hash], [1, sha256Of(first)])
    assert.equal(serving.deadLetters(), [])
  }),
)

accepted('versions count from 1 for each data type, and the newest serves', () =>
  withServing(async serving => {
    for (const shift of [1, 2, 3]) await serving.publish(model('a', shiftedSum(shift)))
    await serving.publish(model('b', shiftedSum(4)))
    await serving.send(wine('a', 10), wine('b', 10))
    assert.equal(
      serving.results().map(({ dataType, modelVersion, score }) => [dataType, modelVersion, score]),
      [
        ['a', 3, 13],
        ['b', 1, 14],
      ],
    )
    assert.equal(
      serving.store.state('a')?.versions.map(({ version, offset }) => [version, offset]),
      [
        [1, 0],
        [2, 1],
        [3, 2],
      ],
    )
  }),
)

accepted('the same bytes again are a new version; they are stored once and loaded once', () =>
  withServing(async serving => {
    await serving.publish(model('a', first))
    await serving.publish(model('a', first, { name: 'again' }))
    await serving.publish(model('b', first))
    await serving.send(wine('a', 1), wine('b', 1))
    assert.equal(
      serving.results().map(({ modelName, modelVersion, modelHash }) => [modelName, modelVersion, modelHash]),
      [
        ['again', 2, sha256Of(first)],
        ['b model', 1, sha256Of(first)],
      ],
    )
    assert.is(serving.models.size, 1)
  }),
)

accepted('the data type may be the key, and the model type is recognized from the content', () =>
  withServing(async serving => {
    await serving.publish({ name: 'keyed', bytes: first }, { key: 'größe' })
    await serving.send(wine('größe', 2))
    const [result] = serving.results()
    assert.equal([result?.modelName, result?.modelVersion, result?.score], ['keyed', 1, 3])
  }),
)

accepted('a location within the roots is read, as a path and as a URI', () =>
  withDirectory(directory =>
    withServing(
      async serving => {
        const path = join(directory, 'a model.onnx')
        await writeFile(path, first)
        await serving.publish({ dataType: 'a', location: path })
        await serving.publish({ dataType: 'a', location: pathToFileURL(path).href, sha256: sha(first) })
        await serving.send(wine('a', 2))
        assert.equal(
          serving.results().map(({ modelVersion, score }) => [modelVersion, score]),
          [[2, 3]],
        )
        assert.equal(
          serving.store.state('a')?.versions.map(({ location }) => location),
          [path, pathToFileURL(path).href],
        )
        assert.equal(Buffer.from(serving.store.bytesOf(sha256Of(first)) ?? []), Buffer.from(first))
      },
      { modelRoots: [directory] },
    ),
  ),
)

accepted('the same bytes with another output as the score are another model', () =>
  withServing(async serving => {
    const bytes = readFileSync(new URL('../../examples/wine/wine-mlp.onnx', import.meta.url))
    await serving.publish(model('class', bytes))
    await serving.publish(model('index', bytes, { output: 'probabilities' }))
    await serving.send(wine('class', 12), wine('index', 12))
    const [byClass, byIndex] = serving.results()
    assert.is(Number(byClass?.label), Number(byIndex?.label) + 3, 'its classes begin with 3')
    assert.is(byClass?.modelHash, byIndex?.modelHash)
    assert.is(serving.models.size, 2)
  }),
)

accepted.run()

const again = suite('ModelProcessor: repeated records')

async function withTask(use: (task: ServingTask) => Promise<void>, given: Partial<ServingOptions> = {}): Promise<void> {
  const models = new LoadedModels()
  const task = await ServingTask.open(servingOptions({ ...given, models }))
  try {
    await use(task)
  } finally {
    await task.close()
  }
  assert.is(models.size, 0)
}

again('an accepted record changes nothing, at the end or before newer ones', () =>
  withTask(async task => {
    const records = [1, 2, 3].map((shift, offset) => ({ offset, value: modelRecord(model('wine', shiftedSum(shift))) }))
    for (const record of records) await task.publish(record)
    const before = task.store.state('wine')
    for (const record of records.toReversed()) await task.publish(record)
    assert.is(task.store.state('wine'), before)
    assert.is(before?.current, 3)
    assert.equal(task.refused, [])
  }),
)

again('a refused record changes nothing, even if it could be accepted now', () =>
  withDirectory(directory =>
    withTask(
      async task => {
        const path = join(directory, 'late.onnx')
        await task.publish({ offset: 3, value: modelRecord(model('wine', first)) })
        const late = { offset: 4, value: modelRecord({ dataType: 'wine', location: path }) }
        await task.publish(late)
        assert.is(task.refused.length, 1)
        const before = task.store.state('wine')
        assert.equal([before?.current, before?.nextOffset], [1, 5])
        await task.publish(late)
        assert.is(task.store.state('wine'), before)
        await writeFile(path, shiftedSum(2))
        await task.publish(late)
        assert.is(task.store.state('wine'), before)
        await task.publish({ offset: 5, value: modelRecord({ dataType: 'wine', location: path }) })
        assert.is(task.store.state('wine')?.current, 2, 'sent once more it is another record')
      },
      { modelRoots: [directory] },
    ),
  ),
)

/** Records of a run: a model, and a control that needs it to be applied. */
const modelAndControl = [
  { offset: 0, value: modelRecord(model('wine', first)) },
  { offset: 1, value: controlRecord('wine', { alias: { alias: 'steady', version: 1 } }) },
]

again('a run that is processed again in parts, because of a record that cannot be read, leaves none waiting', () =>
  withTask(async task => {
    await task.beginRun([...modelAndControl, { offset: 2, value: Buffer.from('garbage') }])
    await task.settle()
    await task.publish({ offset: 3, value: modelRecord(model('wine', shiftedSum(2))) })
    assert.equal([task.store.state('wine')?.latest, task.store.state('wine')?.nextOffset, task.refused.length], [2, 4, 1])
  }),
)

again('a task that is revoked in the middle of a trial, and begins anew here, leaves none waiting', () =>
  withTask(async task => {
    await task.beginRun(modelAndControl)
    task.revoke()
    await task.beginRun(modelAndControl)
    await task.settle()
    await task.publish({ offset: 2, value: modelRecord(model('wine', shiftedSum(2))) })
    assert.equal([task.store.state('wine')?.latest, task.store.state('wine')?.nextOffset, task.refused], [2, 3, []])
  }),
)

again.run()
