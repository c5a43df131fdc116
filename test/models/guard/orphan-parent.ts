/** A process that tries an endless model, for a test that kills it. */
import { defaultModelFactory } from '../../../models/index.ts'
import { ModelGuard } from '../../../models/guard/model-guard.ts'
import { contentOf } from '../../../models/sources/model-content.ts'
import { specsOf } from '../batches.ts'
import { endlessOnnx } from '../hostile-onnx.ts'

const specs = specsOf(Array.from({ length: 11 }, (_, at) => `f${at}`))
await new ModelGuard({ factory: defaultModelFactory(), timeoutMs: 60_000 }).try({
  content: await contentOf(endlessOnnx()),
  format: undefined,
  output: undefined,
  specs,
})
