import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, ModelGuard } from '../../../models/index.ts'
import { first, second } from '../../serving/composite-steps.ts'
import { formatLoader, heldBytes, slow } from '../../serving/held-format.ts'
import { ruleReader } from '../../serving/rule-model.ts'
import { type ServingDriver, shiftedSum } from '../../serving/serving-driver.ts'
import { givingBytes, givingLoader, odd, tellingBytes, tellingLoader } from '../../serving/telling-format.ts'
import { failed } from './wine-requests.ts'
import { type Answer, type ServedModels, withServedModels } from './served-models.ts'

const test = suite('composites over REST: odd values, many rows, and swaps under requests')
const aThenB = { steps: [{ name: 'a' }, { name: 'b' }] }

interface Inferred {
  readonly model_version: string
  readonly parameters: Readonly<Record<string, string>>
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[]; readonly data: readonly unknown[] }[]
}

const tensor = (name: string, data: readonly unknown[], datatype = 'FP64'): unknown => ({ name, datatype, shape: [data.length], data })

const ask = (served: ServedModels, inputs: readonly unknown[], outputs?: readonly string[], path = 'wine'): Promise<Answer> =>
  served.post(
    `/v2/models/${path}/infer`,
    JSON.stringify({ inputs, ...(outputs === undefined ? {} : { outputs: outputs.map(name => ({ name })) }) }),
  )

function inferred(answer: Answer): Inferred {
  assert.is(answer.status, 200, answer.bytes.toString())
  return answer.json as Inferred
}

async function compose(serving: ServingDriver, [a, b]: readonly [Uint8Array, Uint8Array], dataType = 'wine'): Promise<void> {
  await serving.publish({ dataType, name: 'a', bytes: a })
  await serving.publish({ dataType, name: 'b', bytes: b, after: 'a' })
  await serving.control(dataType, { setPolicy: aThenB })
  assert.equal(serving.deadLetters(), [])
}

/** Both in this process, or those with a format that can be in processes of their own. */
async function withGuard(
  use: (guard: ModelGuard, factory: ReturnType<typeof defaultModelFactory>) => Promise<void>,
  apart = false,
): Promise<void> {
  const factory = defaultModelFactory().register('HELD', formatLoader).register('GIVING', givingLoader).register('TELLING', tellingLoader)
  const light = { bytes: 0, constructMs: 0, runMs: 0 }
  const guard = new ModelGuard({ factory, scoreDeadlineMs: 20_000, ...(apart ? { light } : {}) })
  try {
    await use(guard, factory)
  } finally {
    guard.close()
  }
}

test('whatever the first gives, the second sees the same in a request as in a record', () =>
  withGuard((guard, factory) =>
    withServedModels(
      async served => {
        const { serving } = served
        await compose(serving, [givingBytes, tellingBytes], 'r')
        const xs = [1, ...Object.values(odd), 2, undefined]
        const words = xs.map((_, at) => ['w', '', undefined, 'grüß'][at % 4])
        await serving.sendAndWait(...xs.map((x, at) => ({ key: 'r', value: JSON.stringify({ type: 'r', x, word: words[at] }) })))
        const streamed = serving.results().map(({ status, outputs }) => (status === 'OK' ? outputs[0]?.texts[0] : null))
        const none = (values: readonly unknown[]): readonly unknown[] => values.map(value => value ?? null)
        const [saw] = inferred(await ask(served, [tensor('x', none(xs)), tensor('word', none(words), 'BYTES')], undefined, 'r')).outputs
        assert.equal(saw?.data, streamed)
        // One by one as together.
        for (const [at, x] of xs.entries()) {
          const [alone] = inferred(
            await ask(served, [tensor('x', none([x])), tensor('word', none([words[at]]), 'BYTES')], undefined, 'r'),
          ).outputs
          assert.equal(alone?.data, [streamed[at]], `row ${at}`)
        }
      },
      { serving: { guard, factory, reader: ruleReader() } },
    ),
  ))

for (const apart of [false, true])
  test(`0, 1, 1,000 rows, and more than one call takes, of models ${apart ? 'in processes of their own' : 'of this process'}`, () =>
    withGuard(
      (guard, factory) =>
        withServedModels(
          async served => {
            await compose(served.serving, [first(1), second(1000)])
            const metadata = (await served.get('/v2/models/wine')).json as { inputs: { name: string }[] }
            for (const count of [0, 1, 63, 64, 65, 1000]) {
              const inputs = metadata.inputs.map(({ name }) =>
                tensor(
                  name,
                  Array.from({ length: count }, (_, row) => (name === 'alcohol' ? row : 0)),
                ),
              )
              const { outputs } = inferred(await ask(served, inputs))
              assert.equal(outputs[0]?.shape, [count, 1])
              assert.equal(
                outputs[0]?.data,
                Array.from({ length: count }, (_, row) => Math.fround(1000 * (row + 1) + row)),
              )
            }
          },
          { maxBatch: 64, serving: { guard, factory } },
        ),
      apart,
    ))

test('outputs that are not those of the second model, any number of them, and odd inputs are refused', () =>
  withServedModels(async served => {
    await compose(served.serving, [first(1), second(1000)])
    const { inputs } = (await served.get('/v2/models/wine')).json as { inputs: { name: string }[] }
    const given = inputs.map(({ name }) => tensor(name, [1]))
    failed(await ask(served, given, ['inner']), 400, /the model has no output inner; it has: outer/)
    failed(await ask(served, given, ['outer', 'outer']), 400, /output outer is requested twice/)
    failed(
      await ask(
        served,
        given,
        Array.from({ length: 20_000 }, (_, at) => `o${at}`),
      ),
      400,
      /the model has no output o0/,
    )
    failed(await ask(served, [...given, tensor('inner', [1])]), 400, /the records have no field inner/)
    failed(await ask(served, [...given, tensor('__proto__', [1])]), 400, /the records have no field __proto__/)
    assert.equal(inferred(await ask(served, given, ['outer'])).outputs.length, 1)
  }))

test('a request whose models are replaced, retired or withdrawn while it is answered has the answer of those that it began with', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-odd-composites-'))
  const held = { loads: join(directory, 'loads'), scores: join(directory, 'scores') }
  try {
    await withGuard((guard, factory) =>
      withServedModels(
        async served => {
          const { serving } = served
          await compose(serving, [heldBytes(held), second(1000, 'scored')])
          const answered = async (change: () => Promise<void>): Promise<void> => {
            await writeFile(held.scores, '')
            const asking = ask(served, [tensor('alcohol', [slow])])
            await new Promise(resolve => setTimeout(resolve, 300))
            await change()
            await new Promise(resolve => setTimeout(resolve, 500))
            await rm(held.scores)
            const { outputs, parameters } = inferred(await asking)
            assert.equal([outputs[0]?.data, parameters['step_1_version'], parameters['step_2_version']], [[1001 * slow], '1', '2'])
          }
          await answered(() => serving.publish({ dataType: 'wine', name: 'b', bytes: second(100, 'scored'), after: 'a' }))
          await serving.control('wine', { rollback: {} })
          await answered(() => serving.control('wine', { promote: { version: 1 } }))
          await serving.control('wine', { setPolicy: { steps: [{ of: { version: 1 } }, { of: { version: 2 } }] } })
          await answered(async () => {
            await serving.publish({ dataType: 'wine', name: 'c', bytes: shiftedSum(1), role: { role: 1 } })
            await serving.control('wine', { promote: { version: 1 } })
            await serving.control('wine', { retire: { version: 2 } })
          })
          assert.equal(
            serving
              .deadLetters()
              .map(({ message }) => message)
              .filter(message => !message.includes('"c"')),
            [],
          )
          await serving.driver.pipe('models', { key: 'wine', value: null })
          failed(await ask(served, [tensor('alcohol', [1])]), 404, /model|withdrawn|serves/)
        },
        { serving: { guard, factory } },
      ),
    )
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('while each of its models is swapped again and again, every answer is that of the two models that it names', () =>
  withServedModels(async served => {
    const { serving } = served
    await compose(serving, [first(1), second(10)])
    const { inputs } = (await served.get('/v2/models/wine')).json as { inputs: { name: string }[] }
    /** By version: the shift of a first model, the factor of a second. */
    const made = new Map([
      [1, 1],
      [2, 10],
    ])
    const swaps = { over: false }
    let answers = 0
    const asks = Array.from({ length: 8 }, async (_, client) => {
      for (let round = 0; !swaps.over; round++) {
        const value = client * 100 + round
        const answer = inferred(
          await ask(
            served,
            inputs.map(({ name }) => tensor(name, [name === 'alcohol' ? value : 0])),
          ),
        )
        const [shift = 0, factor = 0] = [1, 2].map(step => made.get(Number(answer.parameters[`step_${step}_version`])))
        assert.is(answer.outputs[0]?.data[0], Math.fround(factor * (value + shift) + value))
        answers++
      }
    })
    for (let swap = 0; swap < 40; swap++) {
      const at = 3 + swap
      made.set(at, at)
      if (swap % 2 === 0) await serving.publish({ dataType: 'wine', name: 'a', bytes: first(at) })
      else await serving.publish({ dataType: 'wine', name: 'b', bytes: second(at), after: 'a' })
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    swaps.over = true
    await Promise.all(asks)
    assert.ok(answers > 40, String(answers))
    assert.equal(serving.deadLetters(), [])
  }))

test.run()
