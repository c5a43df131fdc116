/** A process that scores with a model in a process of its own, and then has nothing more to do. */
import { ModelFactory } from '../../../models/index.ts'
import { ModelGuard } from '../../../models/guard/model-guard.ts'
import { contentOf } from '../../../models/sources/model-content.ts'
import { batchOf, specsOf } from '../batches.ts'
import { formatLoader, waywardBytes } from './wayward-format.ts'

const specs = specsOf(['x'])
const guard = new ModelGuard({ factory: new ModelFactory().register('WAYWARD', formatLoader) })
const content = await contentOf(waywardBytes)
const model = await guard.open({ content, format: undefined, output: undefined, specs }, true)
for (let value = 0; value < 100; value++) await model.score(batchOf(specs, [[value]]))
