import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemEnv, useEnv } from '../../base/index.ts'
import { LoadedModels } from '../../models/index.ts'
import { TrustedKeys } from '../../models/signing/index.ts'
import { modelStateStore, waitingRecordsStore } from '../../stores/index.ts'
import { floats, int64s, node, onnx, value } from '../models/onnx-builder.ts'
import { SigningFiles, type TestKey } from '../models/signing/signing-authority.ts'
import {
  type Control,
  controlRecord,
  modelRecord,
  type ModelRecord,
  type Result,
  servingOptions,
  shiftedSum,
  wine,
} from './serving-driver.ts'
import { ServingTask } from './serving-task.ts'

const files = new SigningFiles()
const own = files.key()
const other = files.key()

const test = suite('what is not trusted serves in no role')
test.after(() => files.remove())

type Opened = NonNullable<Parameters<typeof ServingTask.open>[1]>

/** One data type whose task is closed and begins anew, with other keys or none, on the same stores. */
class Lives {
  readonly #opened: Opened
  readonly #close: () => Promise<unknown>
  task!: ServingTask
  /** How often a model was asked for, loaded already or not. */
  loads = 0
  #models = 0
  #data = 0

  private constructor(opened: Opened, close: () => Promise<unknown>) {
    this.#opened = opened
    this.#close = close
  }

  static async open(): Promise<Lives> {
    const managed = await modelStateStore({ name: 'ModelStateStore' }).open(undefined)
    const waiting = await waitingRecordsStore({ name: 'waiting' }).open(undefined)
    const opened = { store: managed.store, waiting: waiting.store, close: () => Promise.resolve() }
    return new Lives(opened, () => Promise.all([managed.close(), waiting.close()]))
  }

  async start(trustedKeys?: TrustedKeys): Promise<void> {
    await this.task?.close()
    const models = new LoadedModels()
    const acquire = models.acquire.bind(models)
    models.acquire = (...given) => (this.loads++, acquire(...given))
    this.task = await ServingTask.open(servingOptions({ models, ...(trustedKeys === undefined ? {} : { trustedKeys }) }), this.#opened)
  }

  async publish(shift: number, key?: TestKey, more: ModelRecord = {}): Promise<void> {
    const { bytes = shiftedSum(shift) } = more
    const signature = key === undefined ? {} : { signature: await key.signing.sign('model', bytes) }
    await this.#give(modelRecord({ dataType: 'wine', name: `m${shift}`, ...more, bytes, ...signature }))
  }

  control(control: Control): Promise<void> {
    return this.#give(controlRecord('wine', control))
  }

  async #give(bytes: Uint8Array): Promise<void> {
    await this.task.publish({ offset: this.#models++, value: bytes })
  }

  /** Status, role, version and score of a record's result. */
  async scored(alcohol = 5): Promise<readonly unknown[]> {
    const { status, role, modelVersion, score } = await this.answer(alcohol)
    return [status, role, modelVersion, score]
  }

  async answer(alcohol = 5): Promise<Result> {
    const { results } = this.task
    const before = results.length
    await this.task.sendAt(this.#data++, wine('wine', alcohol))
    for (let looks = 0; looks < 200 && results.length === before; looks++) await this.#look()
    assert.is(results.length, before + 1)
    return results.at(-1) as Result
  }

  async shadowed(count: number): Promise<readonly unknown[]> {
    for (let looks = 0; looks < 200 && this.task.shadows.length < count; looks++) await this.#look()
    return this.task.shadows.splice(0).map(({ status, modelVersion, score }) => [status, modelVersion, score])
  }

  async #look(): Promise<void> {
    await new Promise(resolve => setTimeout(resolve, 10))
    await this.task.look()
  }

  /** The versions that the log says are not run any more, each with the code. */
  get barred(): readonly string[] {
    const text = 'audit: a model is not run any more, because of its signature'
    return this.task.logs
      .filter(({ message }) => message === text)
      .map(({ fields }) => `${String(fields['version'])} ${String(fields['code'])}`)
  }

  async end(): Promise<void> {
    await this.task.close()
    await this.#close()
  }
}

const lives = (what: string, use: (life: Lives) => Promise<void>): void =>
  test(what, async () => {
    const life = await Lives.open()
    try {
      await use(life)
    } finally {
      await life.end()
    }
  })

lives('keys that are new at a start: the unsigned champion does not serve, and says why once; a signed one takes over', async life => {
  await life.start()
  await life.publish(1)
  assert.equal(await life.scored(), ['OK', 'CHAMPION', 1, 6])
  await life.start(own.trusted)
  for (let record = 0; record < 3; record++) {
    const { status, score, error } = await life.answer()
    assert.equal([status, score], ['FAILED', 0])
    assert.match(error, /^the model cannot be loaded: the model has no signature/)
  }
  assert.equal(life.barred, ['1 MODEL_UNSIGNED'])
  await life.publish(2, own)
  assert.equal(await life.scored(), ['OK', 'CHAMPION', 2, 7])
  await life.publish(3)
  assert.equal(await life.scored(), ['OK', 'CHAMPION', 2, 7])
  assert.equal(life.task.refused.length, 1)
  await life.start()
  assert.equal(await life.scored(), ['OK', 'CHAMPION', 2, 7], 'without keys again')
})

lives('an unsigned challenger, an unsigned shadow: their records fail, and those of the champion do not', async life => {
  await life.start()
  for (const shift of [1, 3]) await life.publish(shift)
  await life.publish(2, own)
  // The field decides: records without it go to the champion, others to the challenger.
  await life.control({ setPolicy: { challengers: [{ of: { version: 1 }, weight: 1 }], shadows: [{ version: 2 }], bucketBy: 'alcohol' } })
  assert.equal(await life.scored(), ['OK', 'CHALLENGER', 1, 6])
  assert.equal(await life.shadowed(1), [['OK', 2, 8]])
  await life.start(own.trusted)
  const { status, role, error } = await life.answer()
  assert.equal([status, role], ['FAILED', 'CHALLENGER'])
  assert.match(error, /has no signature/)
  assert.equal(await life.shadowed(1), [['FAILED', 2, 0]])
  assert.equal(life.barred.toSorted(), ['1 MODEL_UNSIGNED', '2 MODEL_UNSIGNED'])
  await life.control({ setPolicy: { champion: { version: 3 } } })
  assert.equal(await life.scored(), ['OK', 'CHAMPION', 3, 7])
  for (const policy of [
    { challengers: [{ of: { version: 1 }, weight: 0.5 }] },
    { shadows: [{ version: 2 }] },
    { fallback: { version: 1 } },
    { champion: { version: 2 } },
  ])
    await life.control({ setPolicy: policy })
  assert.equal(
    life.task.refused.map(text => /the model has no signature/.test(text)),
    [true, true, true, true],
    life.task.refused.join('\n'),
  )
  assert.equal(await life.scored(), ['OK', 'CHAMPION', 3, 7])
})

lives('where the champion is not trusted its signed fallback answers; an unsigned fallback answers nothing', async life => {
  await life.start()
  await life.publish(1, own)
  await life.publish(2)
  await life.control({ setPolicy: { fallback: { version: 1 } } })
  assert.equal(await life.scored(), ['OK', 'CHAMPION', 2, 7])
  await life.start(own.trusted)
  assert.equal(await life.scored(), ['OK', 'FALLBACK', 1, 6])
  await life.start(other.trusted)
  const { status, score } = await life.answer()
  assert.equal([status, score], ['FAILED', 0])
  assert.equal(life.barred.toSorted(), ['1 MODEL_SIGNATURE_INVALID', '2 MODEL_UNSIGNED'])
})

lives(
  'an unsigned racer gives nothing, before a start with keys or by a control after it; the others are not loaded again because of it',
  async life => {
    await life.start()
    await life.publish(100)
    await life.publish(1, own)
    const race = { decider: 'smartest', budgetMs: 20_000, racers: [{ name: 'm100' }, { name: 'm1' }] }
    await life.control({ setPolicy: race })
    assert.equal(await life.scored(), ['OK', 'RACER', 1, 105])
    await life.start(own.trusted)
    assert.equal(await life.scored(), ['OK', 'RACER', 2, 6])
    assert.equal(life.barred, ['1 MODEL_UNSIGNED'])
    const { loads } = life
    const leave = useEnv({ ...systemEnv, monotonic: () => performance.now() + 60_000 })
    try {
      assert.equal(await life.scored(), ['OK', 'RACER', 2, 6])
    } finally {
      leave()
    }
    assert.is(life.loads, loads)
    await life.publish(200)
    assert.match(life.task.refused.join(), /m200.*has no signature/)
    // It raced before: another policy changes nothing for it, and is accepted.
    await life.control({ setPolicy: { ...race, decider: 'mean' } })
    assert.equal([await life.scored(), life.task.refused.length], [['OK', 'RACER', 2, 6], 1])
    await life.control({ setPolicy: { champion: { version: 2 } } })
    await life.control({ setPolicy: race })
    assert.match(life.task.refused.at(-1) ?? '', /the model has no signature/)
    assert.equal(await life.scored(), ['OK', 'CHAMPION', 2, 6])
  },
)

/** Gives `inner`, and takes it. */
const inner = (shift: number): Uint8Array =>
  onnx({
    nodes: [node('ReduceSum', ['x', 'axes'], ['sum']), node('Add', ['sum', 'shift'], ['inner'])],
    inputs: [value('x', 'float', ['N', 11])],
    outputs: [value('inner', 'float', ['N', 1])],
    tensors: [int64s('axes', [1], [1]), floats('shift', [1], [shift])],
  })
const outer = (factor: number): Uint8Array =>
  onnx({
    nodes: [node('Mul', ['inner', 'factor'], ['outer'])],
    inputs: [value('inner', 'float', ['N', 1])],
    outputs: [value('outer', 'float', ['N', 1])],
    tensors: [floats('factor', [1], [factor])],
  })

for (const unsigned of ['a', 'b'] as const)
  lives(`a composite whose model ${unsigned} is unsigned does not run; signed again, it does`, async life => {
    const publish = async (key: (name: string) => TestKey | undefined): Promise<void> => {
      await life.publish(0, key('a'), { name: 'a', bytes: inner(1) })
      await life.publish(0, key('b'), { name: 'b', bytes: outer(1000), after: 'a' })
    }
    await life.start()
    await publish(name => (name === unsigned ? undefined : own))
    await life.control({ setPolicy: { steps: [{ name: 'a' }, { name: 'b' }] } })
    assert.equal(await life.scored(), ['OK', 'CHAMPION', 2, 6000])
    await life.start(own.trusted)
    for (let record = 0; record < 2; record++) {
      const { status, error } = await life.answer()
      assert.is(status, 'FAILED')
      assert.match(error, new RegExp(`model "${unsigned}" version \\d, a step of the composite, failed: the model has no signature`))
    }
    assert.equal(life.barred, [`${unsigned === 'a' ? 1 : 2} MODEL_UNSIGNED`])
    await publish(() => own)
    assert.equal(await life.scored(), ['OK', 'CHAMPION', 4, 6000])
  })

lives(
  'keys in rotation: both are trusted, then the new one alone; what the old one has signed is not run, nor gone back to',
  async life => {
    const both = TrustedKeys.read([own.path, other.path])
    await life.start(own.trusted)
    await life.publish(1, own)
    await life.publish(2, other)
    assert.match(life.task.refused.join(), /is not trusted/)
    await life.start(both)
    assert.equal(await life.scored(), ['OK', 'CHAMPION', 1, 6])
    await life.publish(2, other)
    await life.publish(3, own)
    assert.equal(await life.scored(), ['OK', 'CHAMPION', 3, 8])
    await life.start(other.trusted)
    assert.equal((await life.answer()).status, 'FAILED')
    assert.equal(life.barred, ['3 MODEL_SIGNATURE_INVALID'])
    await life.control({ rollback: { version: 1 } })
    assert.match(life.task.refused.at(-1) ?? '', /the signature is not valid/)
    await life.control({ rollback: { version: 2 } })
    assert.equal(await life.scored(), ['OK', 'CHAMPION', 2, 7])
    // The same bytes, by the new key.
    await life.publish(3, other)
    assert.equal(await life.scored(), ['OK', 'CHAMPION', 4, 8])
  },
)

test.run()
