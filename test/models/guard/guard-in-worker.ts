/** In a worker thread: tries the model of its data, light and heavy, and says what it scores. */
import { parentPort, workerData } from 'node:worker_threads'
import { defaultModelFactory } from '../../../models/index.ts'
import { ModelGuard } from '../../../models/guard/model-guard.ts'
import { contentOf } from '../../../models/sources/model-content.ts'
import { batchOf, specsOf } from '../batches.ts'

const specs = specsOf(Array.from({ length: 11 }, (_, at) => `f${at}`))
const load = { content: await contentOf(workerData as Uint8Array), format: undefined, output: undefined, specs }
const scores: number[] = []
for (const limits of [{}, { light: { bytes: 0, constructMs: 0, runMs: 0 } }]) {
  const guard = new ModelGuard({ factory: defaultModelFactory(), ...limits })
  const { model } = await guard.try(load)
  scores.push((await model.score(batchOf(specs, [specs.map((_, at) => at)]))).score[0] as number)
  await model.dispose()
  guard.close()
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage({ light: scores[0], heavy: scores[1] })
