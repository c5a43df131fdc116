import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, ModelGuard } from '../../models/index.ts'
import type { GuardOptions } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import type { TestRecord } from '../../topology/index.ts'
import { growingOnnx, hangingOnnx, trappingOnnx, trigger } from '../models/hostile-onnx.ts'
import { decodeResult, type Result, type ServingDriver, shiftedSum, wine, withDirectory, withServing } from './serving-driver.ts'

const factory = defaultModelFactory()
const brief = ({ dataType, status, score }: Result): string => `${dataType} ${status} ${score}`
const hostile = { trapping: trappingOnnx(), hanging: hangingOnnx(), growing: growingOnnx() }

async function guarded(use: (serving: ServingDriver) => Promise<void>, options: Partial<GuardOptions> = {}): Promise<void> {
  const guard = new ModelGuard({ factory, scoreDeadlineMs: 2000, ...options })
  try {
    await withServing(use, { guard, factory })
  } finally {
    guard.close()
  }
}

async function both(serving: ServingDriver, bytes: Uint8Array): Promise<void> {
  await serving.publish({ dataType: 'good', bytes: shiftedSum(1) })
  await serving.publish({ dataType: 'evil', name: 'evil', bytes })
  assert.equal(serving.deadLetters(), [], 'the model passes its trial')
}

/** Results of one type keep their order; whether those of another type wait for it is up to the machine. */
function goodFirst<T extends { readonly dataType: string }>(results: readonly T[]): readonly T[] {
  return results.toSorted((one, other) => other.dataType.localeCompare(one.dataType))
}

const quarantine = suite('quarantine')

for (const [kind, bytes] of Object.entries(hostile)) {
  quarantine(`${kind}: the record fails, those beside it and other data types get their scores`, () =>
    guarded(async serving => {
      await both(serving, bytes)
      const sent = [wine('evil', 1), wine('good', 5), wine('evil', trigger), wine('good', 6), wine('evil', 2)]
      await serving.sendAndWait(...sent)
      const results = goodFirst(serving.results())
      assert.equal(results.map(brief), ['good OK 6', 'good OK 7', 'evil OK 1', 'evil FAILED 0', 'evil OK 2'])
      assert.match(results[3]?.error ?? '', /the model's process (?:crashed|took more)|cannot run the model/)
    }),
  )
}

quarantine('after so many records the model is not run any more, until another version comes or the same one again', () =>
  guarded(
    async serving => {
      await both(serving, trappingOnnx())
      await serving.sendAndWait(wine('evil', trigger), wine('evil', 1), wine('evil', trigger), wine('evil', 2), wine('good', 5))
      const results = goodFirst(serving.results())
      assert.equal(results.map(brief), ['good OK 6', 'evil FAILED 0', 'evil OK 1', 'evil FAILED 0', 'evil FAILED 0'])
      assert.match(results[4]?.error ?? '', /quarantined: 2 records killed or hung its process, .*SIGFPE.*publish another version/)
      const lines = serving.driver.logs.filter(({ message }) => message.startsWith('audit: a model is quarantined'))
      assert.equal(
        lines.map(({ fields }) => [fields['dataType'], fields['name'], fields['version']]),
        [['evil', 'evil', 1]],
      )
      const total = (name: string): number | undefined =>
        serving.driver.metrics.families().find(family => family.name === name)?.samples[0]?.value
      assert.equal([total('sluice_model_kills_total'), total('sluice_model_quarantines_total')], [2, 1])
      await serving.sendAndWait(wine('evil', trigger), wine('good', 5))
      assert.equal(serving.results().map(brief), ['evil FAILED 0', 'good OK 6'])
      assert.is(total('sluice_model_kills_total'), 2, 'it was not run')
      await serving.publish({ dataType: 'evil', bytes: trappingOnnx() })
      await serving.sendAndWait(wine('evil', 3))
      assert.equal(serving.results().map(brief), ['evil OK 3'])
    },
    { quarantineAfter: 2 },
  ),
)

quarantine('a restart remembers, where there is a state directory', () =>
  withDirectory(async directory => {
    const options = { quarantineAfter: 1, quarantineDirectory: join(directory, 'quarantine') }
    const failing = async (serving: ServingDriver, alcohol: number): Promise<string | undefined> => {
      await serving.publish({ dataType: 'evil', bytes: trappingOnnx() })
      await serving.sendAndWait(wine('evil', alcohol))
      return serving.results()[0]?.error
    }
    await guarded(async serving => assert.match((await failing(serving, trigger)) ?? '', /SIGFPE/), options)
    // Another driver has the same record at the same place.
    await guarded(async serving => assert.match((await failing(serving, 1)) ?? '', /the model is quarantined: 1 records/), options)
  }),
)

const { ModelRole } = sluice
const versioned = ({ modelVersion, role, status }: Result): string => `${role} ${modelVersion} ${status}`

quarantine('a quarantined version is run under no role: challenger, shadow, champion with a fallback', () =>
  guarded(
    async serving => {
      const keyed = (alcohol: number): TestRecord[] =>
        Array.from({ length: 12 }, (_, at) => wine('wine', alcohol, { key: `customer ${at}` }))
      await serving.publish({ dataType: 'wine', bytes: trappingOnnx() })
      await serving.publish({ dataType: 'wine', bytes: shiftedSum(1) })
      await serving.control('wine', { setRole: { of: { version: 1 }, role: ModelRole.CHALLENGER, weight: 0.5 } })
      for (const alcohol of [trigger, 1]) {
        await serving.sendAndWait(...keyed(alcohol))
        const results = goodFirst(serving.results())
        assert.equal([...new Set(results.map(versioned))].sort(), ['CHALLENGER 1 FAILED', 'CHAMPION 2 OK'])
        const errors = results.flatMap(({ error }) => (error === '' ? [] : [error]))
        assert.equal(errors.filter(error => !error.includes('the model is quarantined: 1 records')).length, alcohol === trigger ? 1 : 0)
      }
      await serving.control('wine', { setRole: { of: { version: 1 }, role: ModelRole.SHADOW } })
      await serving.sendAndWait(wine('wine', 1))
      await serving.driver.advanceWallClockTime(10)
      const [shadow] = serving.driver.read('results-shadow').map(({ value }) => decodeResult(value))
      assert.match(shadow?.error ?? '', /the model is quarantined/)
      serving.results()
      await serving.control('wine', { promote: { version: 1 } })
      await serving.sendAndWait(wine('wine', 1))
      assert.equal(serving.results().map(versioned), ['CHAMPION 1 FAILED'])
      await serving.control('wine', { setRole: { of: { version: 2 }, role: ModelRole.FALLBACK } })
      await serving.sendAndWait(wine('wine', 1), wine('wine', 2))
      assert.equal(serving.results().map(versioned), ['FALLBACK 2 OK', 'FALLBACK 2 OK'])
    },
    { quarantineAfter: 1 },
  ),
)

quarantine('of the records of a shadow only those that kill it fail', () =>
  guarded(async serving => {
    await serving.publish({ dataType: 'wine', bytes: trappingOnnx() })
    await serving.publish({ dataType: 'wine', bytes: shiftedSum(1) })
    await serving.control('wine', { setRole: { of: { version: 1 }, role: ModelRole.SHADOW } })
    await serving.sendAndWait(wine('wine', 1), wine('wine', trigger), wine('wine', 2))
    const results: Result[] = []
    // Its process is started again beside the task.
    for (let looks = 0; looks < 2000 && results.length < 3; looks++) {
      await new Promise(resolve => setTimeout(resolve, 10))
      await serving.driver.advanceWallClockTime(10)
      results.push(...serving.driver.read('results-shadow').map(({ value }) => decodeResult(value)))
    }
    assert.equal(results.map(versioned), ['SHADOW 1 OK', 'SHADOW 1 FAILED', 'SHADOW 1 OK'])
  }),
)

quarantine('a slow model is sent no more rows at once than fit its deadline', () =>
  guarded(
    async serving => {
      await serving.publish({ dataType: 'slow', bytes: shiftedSum(1) })
      await serving.sendAndWait(...Array.from({ length: 3000 }, (_, at) => wine('slow', at)))
      assert.equal(
        serving.results().map(({ score }) => score),
        Array.from({ length: 3000 }, (_, at) => at + 1),
      )
    },
    { light: { bytes: 0, constructMs: 0, runMs: 0 }, scoreDeadlineMs: 200 },
  ),
)

quarantine.run()
