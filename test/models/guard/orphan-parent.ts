/** A process that tries an endless model, for a test that kills it. */
import { ClassicLevel } from 'classic-level'
import { defaultModelFactory } from '../../../models/index.ts'
import { ModelGuard } from '../../../models/guard/model-guard.ts'
import { contentOf } from '../../../models/sources/model-content.ts'
import { specsOf } from '../batches.ts'
import { endlessOnnx } from '../hostile-onnx.ts'

/** Files of its own, which LevelDB opens so that children inherit them. */
if (process.env['STORE'] !== undefined) await new ClassicLevel(process.env['STORE']).open()

const specs = specsOf(Array.from({ length: 11 }, (_, at) => `f${at}`))
await new ModelGuard({ factory: defaultModelFactory(), timeoutMs: 60_000 }).try({
  content: await contentOf(endlessOnnx()),
  format: undefined,
  output: undefined,
  specs,
})
