import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, ModelGuard } from '../../../models/index.ts'
import { sluice } from '../../../proto/messages.js'
import { wineRecordReader } from '../../../records/protobuf-record-reader.ts'
import type { TestRecord } from '../../../topology/index.ts'
import { first, second } from '../../serving/composite-steps.ts'
import { ruleBytes, ruleFactory, ruleReader, ruleRecord } from '../../serving/rule-model.ts'
import { present, sha256Of, type ServingDriver } from '../../serving/serving-driver.ts'
import { trappingOnnx, trigger } from '../../models/hostile-onnx.ts'
import { failed } from './wine-requests.ts'
import { type Answer, type ServedModels, withServedModels } from './served-models.ts'

const test = suite('composites over REST')
const aThenB: sluice.RoutingPolicy.$Properties = { steps: [{ name: 'a' }, { name: 'b' }] }

interface Tensor {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
  readonly data: readonly unknown[]
}

interface Inferred {
  readonly model_version: string
  readonly parameters: Readonly<Record<string, string>>
  readonly outputs: readonly Tensor[]
}

const post = (served: ServedModels, path: string, inputs: readonly Tensor[]): Promise<Answer> =>
  served.post(`/v2/models/${path}/infer`, JSON.stringify({ inputs }))

async function infer(served: ServedModels, path: string, inputs: readonly Tensor[]): Promise<Inferred> {
  const answer = await post(served, path, inputs)
  assert.is(answer.status, 200, answer.bytes.toString())
  return answer.json as Inferred
}

const numbers = (name: string, data: readonly unknown[], datatype = 'FP64'): Tensor => ({ name, datatype, shape: [data.length], data })

/** What the stream says, as the protocol does: null for a record without a result. */
async function streamed(serving: ServingDriver, records: readonly TestRecord[]): Promise<readonly unknown[]> {
  await serving.sendAndWait(...records)
  return serving.results().map(({ status, outputs }) => (status === 'OK' ? outputs[0]?.numbers[0] : null))
}

const fields = wineRecordReader().specs.map(({ name }) => name)

/** So many wines, as tensors and as records. */
function wines(count: number, from = 0) {
  const valueOf = (field: number, row: number): number => Math.sin((row + from) * 11 + field) * 7
  return {
    tensors: fields.map((name, field) =>
      numbers(
        name,
        Array.from({ length: count }, (_, row) => valueOf(field, row)),
      ),
    ),
    records: Array.from({ length: count }, (_, row) => {
      const values = Object.fromEntries(fields.map((name, field) => [name, valueOf(field, row)]))
      return { key: 'wine', value: sluice.WineRecord.encode({ ...values, dataType: 'wine' }).finish() }
    }),
  }
}

async function publish(serving: ServingDriver): Promise<void> {
  await serving.publish({ dataType: 'wine', name: 'a', bytes: first(1) })
  await serving.publish({ dataType: 'wine', name: 'b', bytes: second(1000), after: 'a' })
  await serving.control('wine', { setPolicy: aThenB })
  assert.equal(serving.deadLetters(), [])
}

for (const join of ['keyed', 'broadcast'] as const)
  test(`${join}: a composite gives what records get, across swaps of each step; who answered is told`, () =>
    withServedModels(
      async served => {
        await publish(served.serving)
        const swaps = [
          () => Promise.resolve(),
          () => served.serving.publish({ dataType: 'wine', name: 'a', bytes: first(2) }),
          () => served.serving.publish({ dataType: 'wine', name: 'b', bytes: second(100), after: 'a' }),
          () => served.serving.control('wine', { rollback: {} }),
        ]
        const steps = [
          [1, 2],
          [3, 2],
          [3, 4],
          [3, 2],
        ]
        for (const [at, swap] of swaps.entries()) {
          await swap()
          const { tensors, records } = wines(20, at)
          const { outputs, parameters, model_version } = await infer(served, 'wine', tensors)
          assert.equal(outputs[0]?.data, await streamed(served.serving, records), `after swap ${at}`)
          assert.is(model_version, String(steps[at]?.[1]))
          assert.equal([parameters['step_1_name'], parameters['step_2_name']], ['a', 'b'])
          assert.equal([parameters['step_1_version'], parameters['step_2_version']], steps[at]?.map(String))
          for (const name of ['current', 'champion']) assert.equal((await infer(served, `wine/versions/${name}`, tensors)).outputs, outputs)
        }
        assert.equal(served.serving.deadLetters(), [])
      },
      { serving: { join } },
    ))

test('what a composite takes is the fields of records that its models take; each version alone takes its own inputs', () =>
  withServedModels(async served => {
    await publish(served.serving)
    const metadata = (await served.get('/v2/models/wine')).json as { inputs: unknown; outputs: unknown; parameters: unknown }
    assert.equal(
      metadata.inputs,
      fields.map(name => ({ name, datatype: 'FP64', shape: [-1] })),
    )
    assert.equal(metadata.outputs, [{ name: 'outer', datatype: 'FP32', shape: [-1, 1] }])
    assert.equal(metadata.parameters, {
      name: 'b',
      version: '2',
      sha256: sha256Of(second(1000)),
      step_1_name: 'a',
      step_1_version: '1',
      step_1_sha256: sha256Of(first(1)),
      step_2_name: 'b',
      step_2_version: '2',
      step_2_sha256: sha256Of(second(1000)),
    })
    assert.is((await served.get('/v2/models/wine/config')).status, 200)
    const x = { name: 'x', datatype: 'FP32', shape: [1, 11], data: Array.from({ length: 11 }, () => 1) }
    assert.equal((await infer(served, 'wine/versions/1', [x])).outputs[0]?.data, [12])
    const alone = await infer(served, 'wine/versions/2', [
      { ...numbers('inner', [2], 'FP32'), shape: [1, 1] },
      { ...numbers('alcohol', [3], 'FP32'), shape: [1, 1] },
    ])
    assert.equal([alone.outputs[0]?.data, Object.keys(alone.parameters)], [[2003], ['sha256']])
    const { tensors } = wines(2)
    failed(await post(served, 'wine', [x]), 400, /input fixed_acidity is missing: a composite takes the fields of a record/)
    failed(await post(served, 'wine', [...tensors, numbers('hue', [1, 2])]), 400, /the records have no field hue/)
    failed(await post(served, 'wine', tensors.slice(1)), 400, /input fixed_acidity is missing/)
    failed(await post(served, 'wine', [...tensors.slice(1), numbers('fixed_acidity', [1])]), 400, /different numbers of rows/)
    failed(
      await post(served, 'wine', [...tensors.slice(1), { ...numbers('fixed_acidity', [1, 2, 3, 4]), shape: [2, 2] }]),
      400,
      /has the shape \[2, 2\]; a field of a record needs \[N\] or \[N, 1\]/,
    )
    failed(await post(served, 'wine', [...tensors.slice(1), numbers('fixed_acidity', ['a', 'b'], 'BYTES')]), 400, /the field needs numbers/)
    const one = await infer(
      served,
      'wine',
      tensors.map(tensor => ({ ...tensor, shape: [2, 1] })),
    )
    assert.equal(one.outputs, (await infer(served, 'wine', tensors)).outputs)
  }))

test('requests beside each other for the composite and for each of its versions each get their own', () =>
  withServedModels(async served => {
    await publish(served.serving)
    const asked = Array.from({ length: 60 }, async (_, at): Promise<readonly unknown[]> => {
      const value = at / 4
      if (at % 3 === 0) {
        const inputs = fields.map(name => numbers(name, [name === 'alcohol' ? value : 0]))
        return [(await infer(served, 'wine', inputs)).outputs[0]?.data[0], 1000 * (value + 1) + value]
      }
      if (at % 3 === 1) {
        const x = {
          name: 'x',
          datatype: 'FP32',
          shape: [1, 11],
          data: Array.from({ length: 11 }, (__, field) => (field === 0 ? value : 0)),
        }
        return [(await infer(served, 'wine/versions/1', [x])).outputs[0]?.data[0], value + 1]
      }
      const inputs = ['inner', 'alcohol'].map(name => ({ ...numbers(name, [value], 'FP32'), shape: [1, 1] }))
      return [(await infer(served, 'wine/versions/2', inputs)).outputs[0]?.data[0], 1001 * value]
    })
    for (const [found, expected] of await Promise.all(asked)) assert.is(found, expected)
  }))

test('a row without a result of the first has none; where the first fails, it is named', () => {
  const factory = ruleFactory().register('ONNX', present(defaultModelFactory().loader('ONNX')))
  return withServedModels(
    async served => {
      await served.serving.publish({ dataType: 'r', name: 'a', bytes: ruleBytes({ factor: 2 }) })
      await served.serving.publish({ dataType: 'r', name: 'b', bytes: second(1000, 'pair[0]', 'x'), after: 'a' })
      await served.serving.control('r', { setPolicy: aThenB })
      const xs = [1, 0, 2, 5]
      const ask = (data: readonly unknown[]): Promise<Answer> =>
        post(served, 'r', [
          numbers('x', data),
          numbers(
            'word',
            data.map(() => 'w'),
            'BYTES',
          ),
        ])
      const { outputs } = (await ask(xs)).json as Inferred
      assert.equal(
        outputs[0]?.data,
        await streamed(
          served.serving,
          xs.map(x => ruleRecord('r', x)),
        ),
      )
      assert.is(outputs[0]?.data[1], null)
      failed(await ask([-1]), 500, /model "a" version 1, a step of the composite, failed: it cannot take -1/)
    },
    { serving: { factory, reader: ruleReader() } },
  )
})

test('a step that is killed is quarantined, not the other one', async () => {
  const factory = defaultModelFactory()
  const guard = new ModelGuard({ factory, scoreDeadlineMs: 2000, quarantineAfter: 1 })
  try {
    await withServedModels(
      async served => {
        await served.serving.publish({ dataType: 'wine', name: 'a', bytes: trappingOnnx() })
        const [version] = served.serving.store.state('wine')?.versions ?? []
        const given = version?.gives?.[0]?.name ?? 'y'
        await served.serving.publish({ dataType: 'wine', name: 'b', bytes: second(1000, given), after: 'a' })
        await served.serving.control('wine', { setPolicy: aThenB })
        assert.equal(served.serving.deadLetters(), [])
        const ask = (value: number): Promise<Answer> =>
          post(
            served,
            'wine',
            fields.map((name, at) => numbers(name, [at === 0 ? value : 0])),
          )
        assert.is((await ask(1)).status, 200)
        assert.is((await ask(trigger)).status, 500)
        assert.match((await ask(1)).bytes.toString(), /model \\"a\\" version 1.*the model is quarantined/)
        const { versions } = (await served.get('/models/wine')).json as { versions: { version: number; quarantined?: unknown }[] }
        assert.equal(
          versions.filter(({ quarantined }) => quarantined !== undefined).map(each => each.version),
          [1],
        )
      },
      { serving: { guard, factory } },
    )
  } finally {
    guard.close()
  }
})

test.run()
