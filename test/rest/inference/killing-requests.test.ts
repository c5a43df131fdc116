import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, ModelGuard } from '../../../models/index.ts'
import { hangingOnnx, trappingOnnx, trigger } from '../../models/hostile-onnx.ts'
import { shiftedSum } from '../../serving/serving-driver.ts'
import { type Answer, type ServedModels, withServedModels } from './served-models.ts'

const test = suite('requests that kill a model')
const factory = defaultModelFactory()

function infer(served: ServedModels, model: string, first: number): Promise<Answer> {
  const data = [first, ...Array.from({ length: 10 }, () => 0)]
  const request = { inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 11], data }] }
  return served.post(`/v2/models/${model}/infer`, JSON.stringify(request))
}

for (const [kind, bytes] of Object.entries({ trapping: trappingOnnx(), hanging: hangingOnnx() })) {
  test(`${kind}: the request fails, others are answered; after some the model is quarantined, and shown so`, async () => {
    const guard = new ModelGuard({ factory, scoreDeadlineMs: 2000, quarantineAfter: 2 })
    try {
      await withServedModels(
        async served => {
          await served.serving.publish({ dataType: 'evil', bytes })
          await served.serving.publish({ dataType: 'good', bytes: shiftedSum(1) })
          for (const [at, status] of [200, 500, 200, 500, 500].entries()) {
            const [evil, good] = await Promise.all([infer(served, 'evil', status === 500 ? trigger : at), infer(served, 'good', at)])
            assert.equal([evil.status, good.status], [status, 200], evil.bytes.toString())
          }
          assert.match((await infer(served, 'evil', 1)).bytes.toString(), /the model is quarantined: 2 records/)
          const shown = async (type: string): Promise<unknown> =>
            ((await served.get(`/models/${type}`)).json as { versions: { quarantined?: { why: string } }[] }).versions[0]?.quarantined?.why
          assert.match(String(await shown('evil')), /^2 records killed or hung its process/)
          assert.is(await shown('good'), undefined)
        },
        { serving: { guard, factory } },
      )
    } finally {
      guard.close()
    }
  })
}

test.run()
