import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { useView } from '../../stores/index.ts'
import { type TestRecord, TopologyTestDriver } from '../../topology/index.ts'
import { ruleBytes, ruleFactory, ruleReader, ruleRecord } from './rule-model.ts'
import { decodeResult, type Result, ServingDriver, shiftedSum, wine, withServing } from './serving-driver.ts'

const roles = suite('models with roles beside the champion')
const { ModelRole } = sluice

/** Versions 1, 2, … of wine, whose scores are the sum and their number; the last is the champion. */
async function publish(serving: ServingDriver, count: number): Promise<void> {
  for (let shift = 1; shift <= count; shift++) await serving.publish({ dataType: 'wine', name: `m${shift}`, bytes: shiftedSum(shift) })
}

const challenger = (version: number, weight: number): sluice.ModelControl.$Properties => ({
  setRole: { of: { version }, role: ModelRole.CHALLENGER, weight },
})
const role = (version: number, of: sluice.ModelRole): sluice.ModelControl.$Properties => ({ setRole: { of: { version }, role: of } })
/** Broadcast data: any key. */
const keyed = (count: number): TestRecord[] => Array.from({ length: count }, (_, at) => wine('wine', 1, { key: `customer ${at}` }))
const brief = ({ status, role: of, modelVersion, score }: Result): unknown => [status, of, modelVersion, score]

async function versions(serving: ServingDriver, count: number): Promise<number[]> {
  await serving.sendAndWait(...keyed(count))
  return serving.results().map(({ modelVersion, role: of, score, policy }) => {
    assert.equal([of, score], [modelVersion === 2 ? 'CHAMPION' : 'CHALLENGER', 1 + modelVersion])
    assert.is(policy, serving.store.state('wine')?.routing?.number)
    return modelVersion
  })
}

const moved = (a: readonly number[], b: readonly number[]): number => a.filter((version, at) => version !== b[at]).length

roles('challengers get their share of the keys, each key always the same model; a changed weight moves only what it must', () =>
  withServing(
    async serving => {
      await publish(serving, 2)
      const count = 4000
      await serving.control('wine', challenger(1, 0.1))
      const tenth = await versions(serving, count)
      const share = tenth.filter(version => version === 1).length
      assert.ok(Math.abs(share - 400) < 80, `${share} of ${count}`)
      assert.equal(await versions(serving, count), tenth, 'the same again')
      await serving.control('wine', challenger(1, 0.2))
      const fifth = await versions(serving, count)
      assert.is(moved(tenth, fifth), fifth.filter(version => version === 1).length - share, 'no key goes back')
      await serving.control('wine', { retire: { version: 1 } })
      assert.equal([...new Set(await versions(serving, 100))], [2])
      assert.equal(serving.deadLetters(), [])
    },
    { join: 'broadcast' },
  ),
)

roles('a promoted challenger is the champion of all keys', () =>
  withServing(async serving => {
    await publish(serving, 2)
    await serving.control('wine', challenger(1, 0.5))
    await serving.sendAndWait(...keyed(50))
    assert.equal(new Set(serving.results().map(({ modelVersion }) => modelVersion)).size, 2)
    await serving.control('wine', { promote: { version: 1 } })
    await serving.sendAndWait(...keyed(50))
    assert.equal([...new Set(serving.results().map(result => JSON.stringify(brief(result))))], [JSON.stringify(['OK', 'CHAMPION', 1, 2])])
    await serving.driver.commit()
    const used = await serving.store.history('wine')
    assert.is(
      used.reduce((sum, { figures }) => sum + (figures?.invocations ?? 0), 0),
      100,
    )
  }),
)

roles('keys are taken from a field, where the policy names one', () =>
  withServing(
    async serving => {
      for (const factor of [2, 3]) await serving.publish({ dataType: 'a', bytes: ruleBytes({ factor }) })
      await serving.control('a', { setPolicy: { challengers: [{ of: { version: 1 }, weight: 0.5 }], bucketBy: 'x' } })
      await serving.sendAndWait(...Array.from({ length: 60 }, (_, at) => ruleRecord('a', 1 + (at % 6))))
      const byX = new Map<number, Set<number>>()
      for (const { modelVersion, outputs } of serving.results()) {
        const x = outputs[0]?.numbers[0] as number
        byX.set(x, (byX.get(x) ?? new Set()).add(modelVersion))
      }
      assert.equal(
        [...byX.values()].map(({ size }) => size),
        [1, 1, 1, 1, 1, 1],
        'the same value, the same model',
      )
      assert.is(new Set([...byX.values()].flatMap(each => [...each])).size, 2)
    },
    { factory: ruleFactory(), reader: ruleReader() },
  ),
)

roles('shadows score after the results, to a topic of their own, and decide nothing', () =>
  withServing(async serving => {
    await publish(serving, 3)
    await serving.control('wine', role(1, ModelRole.SHADOW))
    await serving.control('wine', role(2, ModelRole.SHADOW))
    await serving.send(wine('wine', 5), wine('wine', 6))
    assert.equal(serving.results().map(brief), [
      ['OK', 'CHAMPION', 3, 8],
      ['OK', 'CHAMPION', 3, 9],
    ])
    assert.equal(serving.driver.read('results-shadow'), [])
    await serving.driver.advanceWallClockTime(10)
    assert.equal(
      serving.driver.read('results-shadow').map(({ value }) => {
        const result = decodeResult(value)
        return [...(brief(result) as unknown[]), result.inputOffset]
      }),
      [
        ['OK', 'SHADOW', 1, 6, 0],
        ['OK', 'SHADOW', 1, 7, 1],
        ['OK', 'SHADOW', 2, 7, 0],
        ['OK', 'SHADOW', 2, 8, 1],
      ],
    )
    await serving.send(...keyed(1500))
    await serving.driver.advanceWallClockTime(10)
    assert.is(serving.driver.read('results-shadow').length, 2 * 1024, 'the rest is shed')
    const shed = serving.driver.metrics.families().find(({ name }) => name === 'sluice_shadow_records_shed_total')
    assert.match(JSON.stringify(shed?.samples), /476/)
  }),
)

roles('a record that the topic of the shadows does not take is a dead letter; the others have their results there', async () => {
  const serving = await ServingDriver.open({}, { topicConfigs: { 'results-shadow': { 'max.message.bytes': '1000' } } })
  await publish(serving, 2)
  await serving.control('wine', role(1, ModelRole.SHADOW))
  await serving.send(wine('wine', 5), wine('wine', 6, { headers: { large: Buffer.alloc(1000) } }), wine('wine', 7))
  await serving.driver.advanceWallClockTime(10)
  const places = serving.driver.read('results-shadow').map(({ value }) => decodeResult(value).inputOffset)
  const letters = serving.driver
    .read(TopologyTestDriver.deadLetterTopic)
    .map(({ value, headers }) => [
      sluice.WineRecord.decode(value as Uint8Array).alcohol,
      ...['error.code', 'source.topic', 'source.offset'].map(name => String(headers?.[`sluice.${name}`])),
    ])
  assert.equal([serving.results().length, places, letters], [3, [0, 2], [[6, 'RECORD_TOO_LARGE', 'data', '1']]])
  await serving.close()
})

roles('the fallback answers the records on which the champion failed', () =>
  withServing(
    async serving => {
      for (const factor of [2, 3]) await serving.publish({ dataType: 'a', bytes: ruleBytes({ factor }) })
      await serving.publish({ dataType: 'a', bytes: ruleBytes({ factor: 5, later: true }) })
      await serving.control('a', role(2, ModelRole.FALLBACK))
      await serving.sendAndWait(ruleRecord('a', 1), ruleRecord('a', -1), ruleRecord('a', 2))
      assert.equal(serving.results().map(brief), [
        ['OK', 'CHAMPION', 3, 5],
        ['FAILED', 'FALLBACK', 2, 0],
        ['OK', 'CHAMPION', 3, 10],
      ])
    },
    { factory: ruleFactory(), reader: ruleReader() },
  ),
)

roles('each role has statistics of its own, over changes of roles', () =>
  withServing(
    async serving => {
      for (const factor of [2, 3]) await serving.publish({ dataType: 'a', bytes: ruleBytes({ factor }) })
      await serving.publish({ dataType: 'a', bytes: ruleBytes({ factor: 5, later: true }) })
      await serving.control('a', role(1, ModelRole.SHADOW))
      await serving.control('a', role(2, ModelRole.FALLBACK))
      await serving.sendAndWait(ruleRecord('a', 1), ruleRecord('a', 2), ruleRecord('a', 3))
      await serving.driver.advanceWallClockTime(1000)
      await serving.control('a', { promote: { version: 1 } })
      await serving.sendAndWait(ruleRecord('a', 4))
      await serving.control('a', role(3, ModelRole.FALLBACK))
      await serving.control('a', { setPolicy: { challengers: [{ of: { version: 2 }, weight: 1 }], bucketBy: 'x' } })
      await serving.sendAndWait(ruleRecord('a', 5), ruleRecord('a', 6))
      await serving.driver.commit()
      const history = await serving.store.history('a')
      assert.equal(
        history.map(({ version, figures }) => [
          version.version,
          figures?.invocations,
          figures && useView(figures).roles.map(({ role: of, invocations, p50, max }) => [of, invocations, (p50 ?? NaN) <= max]),
        ]),
        [
          [3, 3, [['champion', 3, true]]],
          [2, 2, [['challenger', 2, true]]],
          [
            1,
            4,
            [
              ['shadow', 3, true],
              ['champion', 1, true],
            ],
          ],
        ],
      )
    },
    { factory: ruleFactory(), reader: ruleReader() },
  ),
)

roles('the decoy archives the records as they came, with where they came from', () =>
  withServing(async serving => {
    await publish(serving, 1)
    await serving.control('wine', { setPolicy: { decoy: true } })
    const record = wine('wine', 5, { headers: { trace: 'abc' }, timestamp: 77 })
    await serving.send(wine('beer', 1), record)
    const [archived, ...more] = serving.driver.read('test-decoy')
    assert.equal(more, [])
    assert.equal(Buffer.from(archived?.value ?? []), Buffer.from(record.value as Uint8Array))
    assert.equal([String(archived?.key), archived?.timestamp], ['wine', 77])
    assert.equal(Object.fromEntries(Object.entries(archived?.headers ?? {}).map(([name, value]) => [name, String(value)])), {
      trace: 'abc',
      'sluice.input': 'data-0@1',
      'sluice.policy': '2',
    })
  }),
)

for (const inRuns of [true, false])
  roles(`mixed types and roles, ${inRuns ? 'in one run' : 'one by one'}`, () =>
    withServing(
      async serving => {
        await publish(serving, 2)
        await serving.publish({ dataType: 'beer', name: 'b', bytes: shiftedSum(100) })
        await serving.control('wine', challenger(1, 0.5))
        // The challenger is loaded when it is first needed, and records may wait for that.
        await serving.sendAndWait(...keyed(40))
        serving.results()
        const records = keyed(40).flatMap(record => [record, wine('beer', 1, { key: 'b' })])
        if (inRuns) await serving.send(...records)
        else for (const record of records) await serving.send(record)
        const results = serving.results()
        assert.equal(
          results.map(({ inputOffset }) => inputOffset),
          records.map((_, at) => 40 + at),
          'in input order',
        )
        const wines = results.filter(({ dataType }) => dataType === 'wine').map(({ modelVersion }) => modelVersion)
        once ??= wines
        assert.equal(wines, once)
        assert.is(new Set(wines).size, 2)
      },
      { join: 'broadcast' },
    ),
  )
let once: number[] | undefined

roles.run()
