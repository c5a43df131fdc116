/** Loads and releases as many models as it is told, all watched, and then calls one that never returns. */
import { setImmediate as turn } from 'node:timers/promises'
import { LoadedModels, ScoreWatch } from '../../../models/index.ts'
import type { Model } from '../../../models/model.ts'

const swaps = Number(process.argv[2])
const loaded = new LoadedModels()
const watch = new ScoreWatch({ limitMs: 1000, directory: undefined })

function modelOf(score: () => void): Model {
  return { format: 'ONNX', inputs: [], outputs: [], oneByOne: undefined, score: () => score() as never, dispose: async () => undefined }
}

function hang(): void {
  for (;;);
}

for (let version = 1; version <= swaps; version++) {
  const last = version === swaps
  const model = await loaded.acquire(`${version}`, async () => modelOf(last ? hang : () => undefined))
  const held = watch.watched(model, { key: `${'k'.repeat(64)}/${version}`, name: 'a', version })
  // The messages are read meanwhile.
  if (version % 200 === 0) await turn()
  await held.model.score({} as never)
  await held.release()
}
