import { existsSync, readdirSync } from 'node:fs'
import { getPriority } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { inspect } from 'node:util'
import { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, type Model, ModelFactory, type Scores } from '../../../models/index.ts'
import { type GuardedLoad, type GuardedModel, loadHere, ModelGuard } from '../../../models/guard/model-guard.ts'
import { plainBatch } from '../../../models/guard/plain-batch.ts'
import { contentOf } from '../../../models/sources/model-content.ts'
import { SluiceError } from '../../../base/sluice-error.ts'
import { shiftedSum } from '../../serving/serving-driver.ts'
import { batchOf, specsOf } from '../batches.ts'
import { endlessOnnx, hostileOnnx } from '../hostile-onnx.ts'
import { attribute, node, onnx, value } from '../onnx-builder.ts'
import { largeOnnx } from './large-onnx.ts'
import { modelProcesses } from './model-processes.ts'

const specs = specsOf(Array.from({ length: 11 }, (_, at) => `f${at}`))
const row = specs.map((_, at) => at)
const factory = defaultModelFactory()
/** How long a light model takes is the machine's doing: test/models/guard/bounded-models.test.ts has the usual limits. */
const guard = new ModelGuard({ factory, light: { bytes: 8 * 2 ** 20, constructMs: 5000, runMs: 5000 } })
/** Everything is too slow to run beside the data. */
const strict = new ModelGuard({ factory, light: { bytes: 0, constructMs: 0, runMs: 0 } })

async function loadOf(bytes: Uint8Array, more: Partial<GuardedLoad> = {}): Promise<GuardedLoad> {
  return { content: await contentOf(bytes), format: undefined, output: undefined, specs, ...more }
}

async function refusal(loading: Promise<unknown>): Promise<SluiceError> {
  const error = await loading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SluiceError)) throw new Error(`refused with ${String(error)}`)
  return error
}

const scoreOf = async (model: Model): Promise<number> => (await model.score(batchOf(specs, [row]))).score[0] as number

const light = suite('ModelGuard: light models')

light(
  'no process is started before the first model; a light model is constructed in this process and scores without a promise',
  async () => {
    assert.equal(modelProcesses(), [])
    const { model, heavy } = await guard.try(await loadOf(shiftedSum(1)))
    assert.is(heavy, false)
    assert.not(model.score(batchOf(specs, [row])) instanceof Promise)
    assert.is(await scoreOf(model), 56)
    await model.dispose()
    assert.is(modelProcesses().length, 1, 'kept for the next one')
    await (await guard.try(await loadOf(shiftedSum(2)))).model.dispose()
    assert.is(modelProcesses().length, 1)
  },
)

light('models that do not fit the data, name another format or have none are refused as without a guard', async () => {
  const cases: [Promise<GuardedLoad>, string][] = [
    [loadOf(shiftedSum(1, 3)), 'MODEL_INPUT_MISMATCH'],
    [loadOf(shiftedSum(1), { format: 'PMML' }), 'MODEL_UNKNOWN_FORMAT'],
    [loadOf(Buffer.from('garbage')), 'MODEL_UNKNOWN_FORMAT'],
    [loadOf(shiftedSum(1), { output: 'nowhere' }), 'MODEL_LOAD_FAILED'],
  ]
  for (const [load, code] of cases) {
    const here = await refusal(loadHere(factory, await load))
    const apart = await refusal(guard.try(await load))
    assert.equal([apart.code, apart.message], [code, here.message])
  }
})

light('a field that records lack: the model is refused if no record has a result without it; otherwise the value is missing', async () => {
  const pmml = (part: string): Uint8Array =>
    Buffer.from(
      '<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>' +
        `${[...specs.map(({ name }) => name), 'ci', 'z'].map(name => `<DataField name="${name}" optype="continuous" dataType="double"/>`).join('')}</DataDictionary>${part}</PMML>`,
    )
  const first = specs[0]?.name
  const schema = `<MiningSchema><MiningField name="${first}"/><MiningField name="ci"/><MiningField name="z" usageType="target"/></MiningSchema>`
  const sum = `<RegressionModel functionName="regression">${schema}<RegressionTable intercept="1"><NumericPredictor name="ci" coefficient="2"/></RegressionTable></RegressionModel>`
  const tree = `<TreeModel functionName="regression" missingValueStrategy="lastPrediction">${schema}<Node score="1"><True/><Node score="3"><SimplePredicate field="ci" operator="greaterThan" value="0.5"/></Node></Node></TreeModel>`
  for (const refused of [refusal(loadHere(factory, await loadOf(pmml(sum)))), refusal(guard.try(await loadOf(pmml(sum))))]) {
    assert.is((await refused).code, 'MODEL_INPUT_MISMATCH')
    assert.match((await refused).message, /missing: ci \(the model has no result for any record without them\); the records have: /)
  }
  const { model } = await guard.try(await loadOf(pmml(tree)))
  assert.is(await scoreOf(model), 1)
  await model.dispose()
})

light('if the trial finds that records influence each other, the model that is constructed in this process knows it', async () => {
  const bytes = onnx({
    nodes: [node('Einsum', ['x'], ['m'], [attribute('equation', 'ij->j')]), node('Sub', ['x', 'm'], ['y'])],
    inputs: [value('x', 'float', ['N', specs.length])],
    outputs: [value('y', 'float')],
  })
  for (const by of [guard, strict]) {
    const { model } = await by.try(await loadOf(bytes))
    assert.match(model.oneByOne ?? '', /a record has another result beside others than alone/)
    await model.dispose()
  }
  const { model } = await guard.try(await loadOf(shiftedSum(1)))
  assert.is(model.oneByOne, undefined)
  await model.dispose()
})

light('golden records: matched, or refused with the row and both numbers', async () => {
  const golden = (score: number, tolerance: number): Partial<GuardedLoad> => ({
    golden: {
      batch: plainBatch(batchOf(specs, [row, row]), true),
      results: [
        { score: undefined, label: undefined, tolerance: 0 },
        { score, label: undefined, tolerance },
      ],
    },
  })
  for (const tried of [guard.try(await loadOf(shiftedSum(1), golden(56.5, 0.5))), strict.try(await loadOf(shiftedSum(1), golden(56, 0)))])
    await (await tried).model.dispose()
  for (const tried of [guard, strict]) {
    const error = await refusal(tried.try(await loadOf(shiftedSum(1), golden(57, 0.5))))
    assert.equal([error.code, error.message], ['MODEL_LOAD_FAILED', 'golden record 2 of 2: the score is 56, not 57 (± 0.5)'])
  }
  const label = await refusal(
    guard.try(
      await loadOf(shiftedSum(1), {
        golden: { batch: plainBatch(batchOf(specs, [row]), true), results: [{ score: undefined, label: 'good', tolerance: 0 }] },
      }),
    ),
  )
  assert.match(label.message, /the label is none, not good/)
})

light('a custom format without a module is loaded in this process', async () => {
  let loads = 0
  const own = new ModelFactory().register('OWN', {
    detect: bytes => bytes[0] === 1,
    load: source => {
      loads++
      return factory.load({ ...source, bytes: source.bytes.subarray(1), format: undefined })
    },
  })
  const { model } = await new ModelGuard({ factory: own }).try(await loadOf(Buffer.concat([Buffer.from([1]), shiftedSum(3)])))
  assert.equal([await scoreOf(model), loads], [58, 1])
  await model.dispose()
})

light('models can be loaded from a worker thread too', async () => {
  const module = new URL('./guard-in-worker.ts', import.meta.url).href
  const source = `import * as tsx from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}\ntsx.register()\nawait import(${JSON.stringify(module)})`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: shiftedSum(4) })
  const said = await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  assert.equal(said, { light: 59, heavy: 59 })
  await worker.terminate()
})

light.run()

const heavy = suite('ModelGuard: heavy models')

heavy('a heavy model stays in its process, and gives the same results as here', async () => {
  const tried = await strict.try(await loadOf(shiftedSum(1)))
  assert.is(tried.heavy, true)
  const { model } = tried
  const cells = [row, row.map(() => undefined), row.map(cell => cell * 2)]
  const here = await loadHere(factory, await loadOf(shiftedSum(1)))
  for (const rows of [cells, [], [row], cells.slice(1)]) {
    const [apart, beside] = [await model.score(batchOf(specs, rows)), await here.score(batchOf(specs, rows))]
    // As text: NaN equals NaN.
    const text = ({ outputs, ...scores }: Scores): string =>
      inspect({ ...scores, outputs: outputs.map(each => ({ ...each, values: Array.from<unknown>(each.values) })) }, { depth: 5 })
    assert.is(text(apart), text(beside))
  }
  assert.equal([model.format, model.inputs, model.outputs], [here.format, here.inputs, here.outputs])
  assert.is((await refusal(model.score(batchOf(specsOf(['a']), [[1]])) as Promise<unknown>)).code, 'MODEL_INPUT_MISMATCH')
  await here.dispose()
  await model.dispose()
  await model.dispose()
  assert.is((await refusal(model.score(batchOf(specs, [row])) as Promise<unknown>)).code, 'MODEL_FAILED')
})

heavy('the event loop is not blocked while 60 MB are loaded and tried', async () => {
  const load = await loadOf(largeOnnx(60))
  const delay = monitorEventLoopDelay({ resolution: 5 })
  let turns = 0
  const clock = setInterval(() => turns++, 1)
  delay.enable()
  let tried: GuardedModel
  try {
    tried = await guard.try(load)
  } finally {
    delay.disable()
    clearInterval(clock)
  }
  assert.is(tried.heavy, true)
  assert.ok(turns > 50, `${turns} turns of the event loop while the model was loaded`)
  assert.ok(delay.percentile(50) / 1e6 < 50, `the median delay is ${delay.percentile(50) / 1e6} ms`)
  assert.ok(Number.isFinite(await scoreOf(tried.model)))
  await tried.model.dispose()
})

heavy('a process that dies fails its batch, and another scores the next; a process that keeps dying is not restarted', async () => {
  guard.close()
  const others = new Set(modelProcesses())
  const { model } = await strict.try(await loadOf(shiftedSum(1)))
  const killed = async (): Promise<string> => {
    const own = modelProcesses().filter(pid => !others.has(pid))
    assert.is(own.length, 1)
    process.kill(own[0] as number, 'SIGKILL')
    const said = refusal(model.score(batchOf(specs, [row])) as Promise<unknown>)
    return (await said).message
  }
  for (let death = 1; death <= 6; death++) {
    assert.is(await killed(), "the model's process crashed (SIGKILL)")
    assert.is(await scoreOf(model), 56)
  }
  await killed()
  assert.is((await refusal(scoreOf(model))).message, "the model's process died 6 times within a minute")
  await model.dispose()
})

/** The priorities of all threads of a process. */
function prioritiesOf(pid: number): ReadonlySet<number> {
  return new Set(readdirSync(`/proc/${pid}/task`).map(thread => getPriority(Number(thread))))
}

if (existsSync('/proc/self/task'))
  heavy(
    'a model that is opened apart has the processors after this process, also in a process that was started again; others do not',
    async () => {
      guard.close()
      strict.close()
      const others = new Set(modelProcesses())
      const own = (): number => modelProcesses().find(pid => !others.has(pid)) ?? 0
      const beside = (await strict.try(await loadOf(shiftedSum(1)))).model
      const first = own()
      assert.equal(prioritiesOf(first), new Set([getPriority()]))
      others.add(first)
      const model = await strict.openApart(await loadOf(shiftedSum(2)))
      const behind = new Set([getPriority() + 5])
      const pid = own()
      assert.equal(prioritiesOf(pid), behind)
      process.kill(pid, 'SIGKILL')
      await refusal(scoreOf(model))
      assert.is(await scoreOf(model), 57)
      assert.equal(prioritiesOf(own()), behind)
      await Promise.all([model.dispose(), beside.dispose()])
    },
  )

heavy.run()

const hostile = suite('ModelGuard: hostile models')
const short = new ModelGuard({ factory, timeoutMs: 10_000 })

for (const [name, bytes] of Object.entries(hostileOnnx)) {
  hostile(`${name}: refused with a cause`, async () => {
    const { code, message } = await refusal(short.try(await loadOf(bytes)))
    assert.match(code, /^MODEL_(LOAD_FAILED|INPUT_MISMATCH|TOO_LARGE)$/)
    assert.ok(message.length > 20 && !message.includes('\n'), message)
  })
}

hostile('an endless graph is stopped', async () => {
  const impatient = new ModelGuard({ factory, timeoutMs: 1500 })
  const error = await refusal(impatient.try(await loadOf(endlessOnnx())))
  assert.equal([error.code, error.message], ['MODEL_LOAD_FAILED', "the model's process took more than 1500 ms and was stopped"])
})

hostile('a model that uses too much memory is stopped', async () => {
  const small = new ModelGuard({ factory, memoryBytes: 16 * 2 ** 20 })
  assert.match((await refusal(small.try(await loadOf(shiftedSum(1))))).message, /took more than 16 MB of memory and was stopped/)
})

hostile('models that are truncated anywhere, or have a changed byte, are refused or score', async () => {
  const whole = shiftedSum(1)
  for (let at = 0; at < whole.length; at += 7) {
    const changed = Uint8Array.from(whole)
    changed[at] = (changed[at] as number) ^ 0x55
    for (const bytes of [whole.subarray(0, at), changed]) {
      const model = await loadHere(factory, await loadOf(bytes)).catch((error: unknown) => assert.instance(error, SluiceError))
      if (model !== undefined) await model.dispose()
    }
  }
})

hostile.after(async () => {
  for (const each of [guard, strict, short]) each.close()
})

hostile.run()
