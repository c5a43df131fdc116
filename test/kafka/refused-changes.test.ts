import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import type { ModelEvent } from '../../serving/index.ts'
import type { WriterRecord } from '../../topology/runtime/topics/topic-writer.ts'
import { quietly } from '../cli/quietly.ts'
import { SigningFiles } from '../models/signing/signing-authority.ts'
import { controlRecord, type ModelRecord, shiftedSum, wine } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor, type ReadResult, readResults } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const refused = suite('changes that are refused, on Kafka')
const files = new SigningFiles()
const own = files.key()
const other = files.key()
refused.after(() => files.remove())

/** The time of the data that was answered. */
const now = 1_700_000_000_000
const bytes = shiftedSum(7)
const sign = (key = own): Promise<Buffer> => key.signing.sign('model', bytes)
/** A sum of 1, of which the model makes 8. */
const row = wine('wine', 1).value as Uint8Array

/** What a control asks for: as JSON of REST, as which it is a record too, and as arguments of `sluice models`. */
interface Control {
  readonly json: Readonly<Record<string, unknown>>
  readonly args: readonly string[]
}

/** A model: as JSON beside its bytes, as a record, and as flags of `sluice publish`, which names files. */
interface Model {
  readonly json: Readonly<Record<string, unknown>>
  readonly record: ModelRecord
  readonly flags: readonly string[]
}

interface Case {
  readonly what: string
  readonly code: string
  readonly why: RegExp
  readonly control?: Control
  readonly model?: Model
}

const throwing = JSON.stringify({ kind: 'module', module: 'throws.mjs' })
const races = { racers: [{ name: 'm1' }, { name: 'm3' }], decider: throwing, budgetMs: 20 }

const controls: readonly Case[] = [
  {
    what: 'a version that is not there',
    code: 'CONTROL_REFUSED',
    why: /no version 9/,
    control: { json: { promote: { version: 9 } }, args: ['promote', 'wine', '9'] },
  },
  {
    what: 'a name that no version has',
    code: 'CONTROL_REFUSED',
    why: /no version has the name .*nobody/,
    control: { json: { promote: { alias: 'nobody' } }, args: ['promote', 'wine', 'nobody'] },
  },
  {
    what: 'shares of more than 1 in all',
    code: 'CONTROL_REFUSED',
    why: /1\.2/,
    control: {
      json: { setRole: { of: { version: 1 }, role: 'CHALLENGER', weight: 0.6 } },
      args: ['set-role', 'wine', '1', '--role', 'challenger', '--weight', '0.6'],
    },
  },
  {
    what: 'another champion than is expected',
    code: 'CONTROL_REFUSED',
    why: /champion/,
    control: { json: { promote: { version: 1 }, expect: { champion: 7 } }, args: ['promote', 'wine', '1', '--expect-champion', '7'] },
  },
  {
    what: 'another policy than is expected',
    code: 'CONTROL_REFUSED',
    why: /policy/,
    control: { json: { promote: { version: 1 }, expect: { policy: 77 } }, args: ['promote', 'wine', '1', '--expect-policy', '77'] },
  },
  {
    what: 'a decider that throws',
    code: 'CONTROL_REFUSED',
    why: /I am broken/,
    control: { json: { setPolicy: races }, args: ['policy', 'wine', JSON.stringify(races)] },
  },
  {
    what: 'a time that the data has passed',
    code: 'CONTROL_REFUSED',
    why: /is in the past of the data/,
    control: {
      json: { promote: { version: 1 }, effectiveFrom: now - 1000 },
      args: ['promote', 'wine', '1', '--effective-from', String(now - 1000)],
    },
  },
]

async function models(): Promise<readonly Case[]> {
  const right = await sign()
  const wrong = await sign(other)
  const signed = ['--signature', files.write(right, 'sig')]
  const names = ['fixed_acidity', 'volatile_acidity', 'citric_acid', 'residual_sugar', 'chlorides', 'free_sulfur_dioxide']
  const header = [...names, 'total_sulfur_dioxide', 'density', 'pH', 'sulphates', 'alcohol', 'score']
  const golden = files.write(
    `${header.join(',')}\n${header.map(name => (name === 'alcohol' ? 1 : name === 'score' ? 9 : 0)).join(',')}\n`,
    'csv',
  )
  const jsonOf = (signature: Buffer): object => JSON.parse(signature.toString()) as object
  const model = (signature: Buffer | undefined, more: Pick<Model, 'json' | 'record' | 'flags'>): Model => ({
    json: { ...more.json, ...(signature === undefined ? {} : { signature: jsonOf(signature) }) },
    record: { ...more.record, ...(signature === undefined ? {} : { signature }) },
    flags: more.flags,
  })
  const none = { json: {}, record: {}, flags: [] }
  return [
    {
      what: 'a model that does not give what its golden record says',
      code: 'MODEL_LOAD_FAILED',
      why: /golden record/,
      model: model(right, {
        json: { golden: [{ record: Buffer.from(row).toString('base64'), score: 9 }] },
        record: { golden: [{ record: row, score: 9 }] },
        flags: [...signed, '--golden', golden],
      }),
    },
    { what: 'a model without a signature', code: 'MODEL_UNSIGNED', why: /has no signature/, model: model(undefined, none) },
    {
      what: 'a model that somebody else has signed',
      code: 'MODEL_SIGNATURE_INVALID',
      why: /is not trusted/,
      model: model(wrong, { ...none, flags: ['--signature', files.write(wrong, 'sig')] }),
    },
    {
      what: 'a model for a time that the data has passed',
      code: 'CONTROL_REFUSED',
      why: /is in the past of the data/,
      model: model(right, {
        json: { effectiveFrom: now - 1000 },
        record: { effectiveFrom: now - 1000 },
        flags: [...signed, '--effective-from', String(now - 1000)],
      }),
    },
    {
      what: 'a challenger with which there would be shares of more than 1',
      code: 'CONTROL_REFUSED',
      why: /1\.2/,
      model: model(right, {
        json: { role: 'challenger', weight: 0.6 },
        record: { role: { role: sluice.ModelRole.CHALLENGER, weight: 0.6 } },
        flags: [...signed, '--role', 'challenger', '--weight', '0.6'],
      }),
    },
  ]
}

/** Members that say how models have served change with every record. */
function settled(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, each: unknown) => (name === 'statistics' || name === 'waitsFor' ? undefined : each)))
}

for (const how of ['keyed', 'broadcast'] as const)
  refused(`${how}: by command, by REST and as a record, each with one event and one dead letter, and nothing changes`, async () => {
    const fixture = new KafkaFixture(brokers ?? '')
    const dir = await mkdtemp(join(tmpdir(), 'sluice-refused-'))
    await fixture.createTopics({ data: { partitions: 1 }, models: { partitions: 1 }, results: { partitions: 1 } })
    await writeFile(
      join(dir, 'throws.mjs'),
      `export default () => ({ name: 'broken', start: () => { throw new Error('I am broken') }, onResult: () => {}, onTimeout: () => {} })`,
    )
    const file = join(dir, 'model.onnx')
    await writeFile(file, bytes)
    const env = {
      SLUICE_BROKERS: fixture.brokers.join(','),
      SLUICE_APPLICATION_ID: fixture.id,
      SLUICE_DATA_TOPIC: fixture.topic('data'),
      SLUICE_MODELS_TOPIC: fixture.topic('models'),
      SLUICE_RESULTS_TOPIC: fixture.topic('results'),
    }
    const serve = (): ServeProcess =>
      new ServeProcess(['--port', '0'], {
        ...env,
        SLUICE_STATE_DIR: join(dir, 'state'),
        SLUICE_JOIN: how,
        SLUICE_TRUSTED_KEYS: own.path,
        SLUICE_DECIDER_ROOTS: dir,
      })
    let instance = serve()
    const key = Buffer.from('wine')
    const events = async (): Promise<readonly ModelEvent[]> =>
      (await fixture.readAll('model-events')).map(({ value }) => JSON.parse(String(value)) as ModelEvent)
    const state = async (): Promise<unknown> => settled((await instance.get('/models/wine')).body)
    const ask = async (path: string, json: object): Promise<{ readonly status: number; readonly text: string }> => {
      const { port } = await instance.ready
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, init)
      return { status: answer.status, text: await answer.text() }
    }
    const command = async (args: readonly string[]): Promise<{ readonly code: number; readonly stderr: string }> => {
      const { port } = await instance.ready
      return quietly(args, { ...env, SLUICE_URL: `http://127.0.0.1:${port}` })
    }
    const write = (value: Uint8Array, as: Buffer | null = key): Promise<void> =>
      fixture.produce('models', [{ key: as, value: Buffer.from(value) }])
    const record = async ({ control, model }: Case, as: Buffer | null): Promise<void> => {
      if (control !== undefined) return write(controlRecord('wine', sluice.ModelControl.fromObject(control.json)), as)
      const { value } = modelFor('wine', { name: 'bad', bytes, ...model?.record })
      await write(value as Uint8Array, as)
    }
    /** Each way says what it is told, as far as it is told anything. */
    const ways: Readonly<Record<string, (asked: Case) => Promise<void>>> = {
      command: async ({ control, model, what, why }) => {
        if (control !== undefined) {
          const { code, stderr } = await command(['models', ...control.args])
          assert.is(code, 1, `${what}: ${stderr}`)
          return assert.match(stderr, why)
        }
        const { code, stderr } = await command(['publish', file, '--data-type', 'wine', ...(model?.flags ?? [])])
        assert.is(code, 0, `${what}: ${stderr}`)
      },
      rest: async ({ control, model, what, why }) => {
        const { status, text } =
          control === undefined
            ? await ask('/models/wine?wait=30', { data: Buffer.from(bytes).toString('base64'), ...model?.json })
            : await ask('/models/wine/control?wait=30', control.json)
        assert.is(status, 422, `${what}: ${text}`)
        assert.match(text, why)
      },
      record: asked => record(asked, key),
      // It is moved, and refused where it comes to be.
      'record without a key': asked => record(asked, null),
    }
    try {
      await instance.ready
      for (const shift of [1, 2, 3]) {
        const good = shiftedSum(shift)
        await fixture.produce('models', [
          modelFor('wine', { name: `m${shift}`, bytes: good, signature: await own.signing.sign('m', good) }),
        ])
      }
      await write(controlRecord('wine', { setRole: { of: { version: 2 }, role: sluice.ModelRole.CHALLENGER, weight: 0.6 } }))
      await eventually(state, found => JSON.stringify(found).includes('challenger'))
      const data: WriterRecord = { key, value: Buffer.from(row), timestamp: now }
      let sent = 0
      const answered = async (): Promise<ReadResult | undefined> => {
        await fixture.produce('data', [data])
        return (await readResults(fixture, ++sent)).at(-1)
      }
      // The tasks of the data come to the policy a little later with the broadcast join.
      const before = await eventually(answered, result => result?.policy === 4)
      // The time of the data is known to all tasks once it is committed.
      await new Promise(resolve => setTimeout(resolve, 1500))
      const good = await eventually(events, found => found.some(({ event }) => event === 'effective'))
      const wanted = await state()
      const expected: [string, string][] = []
      for (const asked of [...controls, ...(await models())])
        for (const [way, send] of Object.entries(ways)) {
          const what = `${asked.what}, by ${way}`
          await send(asked)
          expected.push(['refused', asked.code])
          const found = await eventually(events, all => all.length >= good.length + expected.length)
          assert.equal(
            found.slice(good.length).map(({ event, code }) => [event, code]),
            expected,
            what,
          )
          const letters = await eventually(
            () => fixture.readAll('dead-letters'),
            all => all.length >= expected.length,
          )
          assert.is(letters.length, expected.length, what)
          const [event, letter] = [found.at(-1), letters.at(-1)]
          assert.match(event?.why ?? '', asked.why, what)
          assert.equal(
            [String(letter?.headers?.['sluice.error.code']), Number(String(letter?.headers?.['sluice.source.offset']))],
            [asked.code, event?.record?.offset],
            what,
          )
          assert.match(String(letter?.headers?.['sluice.error.message']), asked.why, what)
          assert.equal(await state(), wanted, what)
        }
      for (const again of [false, true]) {
        if (again) {
          await instance.kill('SIGKILL')
          instance = serve()
          await instance.ready
        }
        const { modelVersion, score, policy, role } = (await answered()) ?? {}
        assert.equal([modelVersion, score, policy, role], [before?.modelVersion, before?.score, before?.policy, before?.role])
        assert.equal(await eventually(state, found => JSON.stringify(found) === JSON.stringify(wanted)), wanted)
      }
      const all = await events()
      assert.is(all.filter(({ event }) => event === 'refused').length, expected.length, 'one event each')
      assert.is((await fixture.readAll('dead-letters')).length, expected.length, 'one dead letter each')
      if (how === 'keyed')
        assert.equal(
          all.map(({ sequence }) => sequence),
          all.map((_, at) => at + 1),
        )
    } finally {
      await instance.kill('SIGKILL')
      await fixture.close()
      await rm(dir, { recursive: true, force: true })
    }
  })

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else refused.run()
