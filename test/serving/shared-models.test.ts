import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, LoadedModels } from '../../models/index.ts'
import { int64s, node, onnx, value } from '../models/onnx-builder.ts'
import { modelRecord, servingOptions, wine } from './serving-driver.ts'
import { ServingTask } from './serving-task.ts'

const test = suite('models that several tasks share')

/** The sum of eleven fields, of one record a run, as models are that were exported for one record. */
const oneAtATime = onnx({
  nodes: [node('ReduceSum', ['x', 'axes'], ['y'])],
  inputs: [value('x', 'float', [1, 11])],
  outputs: [value('y', 'float', [1, 1])],
  tensors: [int64s('axes', [1], [1])],
})

test('tasks that score beside each other have their own scores', async () => {
  const options = servingOptions({ factory: defaultModelFactory(), models: new LoadedModels() })
  const tasks = await Promise.all([1, 2].map(() => ServingTask.open(options)))
  for (const task of tasks) await task.publish({ offset: 0, value: modelRecord({ dataType: 'wine', bytes: oneAtATime }) })
  await Promise.all(tasks.map((task, at) => task.send(...[1, 2, 3].map(alcohol => wine('wine', 10 * at + alcohol)))))
  assert.equal(
    tasks.map(({ results }) => results.map(({ score }) => score)),
    [
      [1, 2, 3],
      [11, 12, 13],
    ],
  )
  for (const task of tasks) await task.close()
  assert.is(options.models.size, 0)
})

test.run()
