import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { type ModelEvent, wholeOf } from '../../serving/index.ts'
import { first, second } from '../serving/composite-steps.ts'
import { controlRecord, sha256Of } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor, wineFor } from './serving-app.ts'
import { withStepServer } from './step-server.ts'

const brokers = process.env['KAFKA_BROKERS']
const composites = suite('composites of models in processes of their own and on servers, on Kafka')
const { MODULE, SERVICE } = sluice.ModelDescriptor.ModelType

/** What a version of the first model adds, and a version of the second one multiplies with. */
const shifts = [1, 2, 3]
const factors = [1000, 100, 10]

/** A module of a first model (alcohol + shift), or of a second one (factor · inner + alcohol). */
const moduleOf = (step: 'a' | 'b', by: number): string => `export default {
  inputs: ${step === 'a' ? `[{ name: 'alcohol' }]` : `[{ name: 'inner' }, { name: 'alcohol' }]`},
  outputs: [{ name: '${step === 'a' ? 'inner' : 'outer'}' }],
  score: rows => rows.map(${step === 'a' ? `({ alcohol }) => alcohol + ${by}` : `({ inner, alcohol }) => ${by} * inner + alcohol`}),
}
`

const served = {
  ...Object.fromEntries(
    shifts.map(shift => [
      `a${shift}`,
      { inputs: ['alcohol'], output: 'inner', of: ([alcohol = NaN]: readonly number[]) => alcohol + shift },
    ]),
  ),
  ...Object.fromEntries(
    factors.map(factor => [
      `b${factor}`,
      { inputs: ['inner', 'alcohol'], output: 'outer', of: ([inner = NaN, alcohol = NaN]: readonly number[]) => factor * inner + alcohol },
    ]),
  ),
}

type Kind = 'onnx' | 'module' | 'service'
interface Step {
  readonly name: 'a' | 'b'
  readonly kind: Kind
  readonly by: number
}

interface Scored {
  readonly partition: number
  readonly offset: number
  readonly alcohol: number
  readonly result: sluice.ScoreResult
}

/** Versions in the order in which they are published: both kinds of each step, and ONNX, which runs in the thread that scores. */
const published: readonly Step[] = [
  { name: 'a', kind: 'module', by: 1 },
  { name: 'b', kind: 'service', by: 1000 },
  { name: 'a', kind: 'service', by: 2 },
  { name: 'b', kind: 'module', by: 100 },
  { name: 'a', kind: 'onnx', by: 3 },
  { name: 'b', kind: 'service', by: 10 },
]

for (const how of ['keyed', 'broadcast'] as const)
  composites(`${how}: under load, swaps of each step and a kill -9, both versions of a result are what the events' positions say`, () =>
    withStepServer(served, async (host, asked) => {
      const fixture = new KafkaFixture(brokers ?? '')
      const dir = await mkdtemp(join(tmpdir(), 'sluice-composites-'))
      const partitions = 2
      await fixture.createTopics({ data: { partitions }, models: { partitions, compact: true }, results: { partitions } })
      const serve = (): ServeProcess =>
        new ServeProcess(['--port', '0'], {
          SLUICE_BROKERS: fixture.brokers.join(','),
          SLUICE_APPLICATION_ID: fixture.id,
          SLUICE_STATE_DIR: join(dir, 'state'),
          SLUICE_JOIN: how,
          SLUICE_CODE_ROOTS: dir,
          SLUICE_MODEL_HOSTS: host,
          SLUICE_DATA_TOPIC: fixture.topic('data'),
          SLUICE_MODELS_TOPIC: fixture.topic('models'),
          SLUICE_RESULTS_TOPIC: fixture.topic('results'),
        })
      const events = async (): Promise<readonly ModelEvent[]> =>
        (await fixture.readAll('model-events')).map(({ value }) => JSON.parse(String(value)) as ModelEvent)
      const publish = async (step: Step): Promise<void> => {
        const { name, kind, by } = step
        const more = { name, ...(name === 'b' ? { after: 'a' } : {}) }
        if (kind === 'onnx') return fixture.produce('models', [modelFor('wine', { ...more, bytes: name === 'a' ? first(by) : second(by) })])
        const location = kind === 'service' ? `http://${host}/v2/models/${name}${by}` : `${name}${by}.mjs`
        const source = kind === 'service' ? location : moduleOf(name, by)
        if (kind === 'module') await writeFile(join(dir, location), source)
        const modeltype = kind === 'service' ? SERVICE : MODULE
        await fixture.produce('models', [
          modelFor('wine', { ...more, modeltype, location, sha256: Buffer.from(sha256Of(Buffer.from(source)), 'hex') }),
        ])
      }
      const control = (given: sluice.ModelControl.$Properties): Promise<void> =>
        fixture.produce('models', [{ key: Buffer.from('wine'), value: Buffer.from(controlRecord('wine', given)) }])
      /** Waits until a policy with these steps has answered a record in each partition that has data. */
      const effective = async (...steps: readonly number[]): Promise<void> => {
        const is = (all: readonly ModelEvent[]): boolean =>
          new Set(
            all.flatMap(({ event, steps: found, position }) =>
              event === 'effective' && String(found) === String(steps) ? [position?.partition] : [],
            ),
          ).size >= (how === 'keyed' ? 1 : partitions)
        const found = await eventually(events, is)
        assert.ok(is(found), `${steps.join(', ')} never took effect: ${JSON.stringify(found.filter(({ event }) => event === 'refused'))}`)
      }
      let instance = serve()
      let sent = 0
      const loading = new AbortController()
      const load = async (): Promise<void> => {
        while (!loading.signal.aborted) {
          const wines = Array.from({ length: 20 }, () => {
            const { key, value } = wineFor('wine', ++sent)
            return { key, value, ...(how === 'keyed' ? {} : { partition: sent % partitions }) }
          })
          await fixture.produce('data', wines)
          await sleep(25)
        }
      }
      let producing: Promise<void> | undefined
      try {
        await instance.ready
        const [a, b, ...swaps] = published as [Step, Step, ...Step[]]
        await publish(a)
        await publish(b)
        await control({ setPolicy: { steps: [{ name: 'a' }, { name: 'b' }] } })
        producing = load()
        await effective(1, 2)
        await publish(swaps[0] as Step)
        await effective(3, 2)
        await publish(swaps[1] as Step)
        await effective(3, 4)
        await instance.kill('SIGKILL')
        await publish(swaps[2] as Step)
        instance = serve()
        await instance.ready
        await effective(5, 4)
        await publish(swaps[3] as Step)
        await effective(5, 6)
        await control({ promote: { version: 1 } })
        await effective(1, 6)
        // The champion before is the second model's version before.
        await control({ rollback: {} })
        await effective(1, 4)
        loading.abort()
        await producing
        const results = await eventually(
          () => fixture.readAll('results'),
          found => found.length >= sent,
        )
        const inputs = new Map((await fixture.readAll('data')).map(({ partition, offset, value }) => [`${partition}/${offset}`, value]))
        const scored = results.map(({ value }): Scored => {
          const result = sluice.ScoreResult.decode(value ?? new Uint8Array())
          const [partition, offset] = [result.inputPartition, wholeOf(result.inputOffset)]
          const input = inputs.get(`${partition}/${offset}`) ?? new Uint8Array()
          return { partition, offset, alcohol: sluice.WineRecord.decode(input).alcohol, result }
        })
        assert.is(scored.length, sent, 'a result for each record')
        assert.is(new Set(scored.map(({ partition, offset }) => `${partition}/${offset}`)).size, sent, 'none twice')
        const all = await events()
        assert.equal(
          all.filter(({ event }) => event === 'refused'),
          [],
        )
        check(scored, all)
        assert.ok(asked() > 0, 'the server was asked')
        assert.equal((await fixture.readAll('dead-letters')).length, 0)
      } finally {
        loading.abort()
        await producing?.catch(() => undefined)
        await instance.kill('SIGKILL')
        await fixture.close()
        await rm(dir, { recursive: true, force: true })
      }
    }),
  )

/** The versions of each result are those of the last position before it, and its score is what they make of its input. */
function check(scored: readonly Scored[], events: readonly ModelEvent[]): void {
  const positions = events
    .filter(({ event }) => event === 'effective')
    .toSorted((a, b) => (a.position?.offset ?? 0) - (b.position?.offset ?? 0))
  const seen = new Set<string>()
  for (const { partition, offset, alcohol, result } of scored) {
    const at = `${partition}/${offset}`
    const position = positions.findLast(each => each.position?.partition === partition && each.position.offset <= offset)
    const versions = result.steps.map(({ version }) => wholeOf(version))
    assert.equal([wholeOf(result.policy), versions], [position?.policy ?? 0, position?.steps ?? []], `policy and versions at ${at}`)
    if (position === undefined) {
      assert.is(result.status, sluice.ScoreResult.Status.NO_MODEL, at)
      continue
    }
    if (position.steps === undefined) {
      // The first model alone, before the policy with both.
      assert.equal([position.champion, result.score], [1, alcohol + 1], at)
      continue
    }
    assert.equal(
      result.steps.map(({ name, version }) => [name, published[wholeOf(version) - 1]?.name]),
      [
        ['a', 'a'],
        ['b', 'b'],
      ],
    )
    const [shift, factor] = versions.map(version => published[version - 1]?.by ?? NaN) as [number, number]
    assert.equal([result.status, result.score], [0, factor * (alcohol + shift) + alcohol], `the score at ${at}`)
    seen.add(String(versions))
  }
  assert.equal([...seen].toSorted(), ['1,2', '1,4', '1,6', '3,2', '3,4', '5,4', '5,6'])
}

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else composites.run()
