import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { recordSignatureHeader } from '../../models/signing/index.ts'
import { quietly } from '../cli/quietly.ts'
import { SigningFiles } from '../models/signing/signing-authority.ts'
import { controlRecord, shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const signed = suite('signed events, on Kafka')
const files = new SigningFiles()
const [one, two] = [files.key(), files.key()]
signed.after(() => files.remove())

interface Shown {
  readonly place: string
  readonly event?: string
  readonly sequence?: number
  readonly signature: string
  readonly signer?: string
}

for (const guarantee of ['exactly_once', 'at_least_once'] as const)
  signed(
    `${guarantee}: every event of two instances with keys of their own is signed by the one that told it, through a kill -9`,
    async () => {
      const fixture = new KafkaFixture(brokers ?? '')
      const dir = await mkdtemp(join(tmpdir(), 'sluice-signed-events-'))
      await fixture.createTopics({ data: { partitions: 1 }, models: { partitions: 1, compact: true }, results: { partitions: 1 } })
      const env = { SLUICE_BROKERS: fixture.brokers.join(','), SLUICE_APPLICATION_ID: fixture.id }
      const encrypted = join(files.directory, `${guarantee}.pem`)
      execFileSync('openssl', ['pkey', '-in', files.write(two.privateKey), '-aes-256-cbc', '-passout', 'pass:secret', '-out', encrypted])
      const keys = {
        one: { SLUICE_EVENT_KEY: files.write(one.privateKey) },
        two: { SLUICE_EVENT_KEY: encrypted, SLUICE_EVENT_KEY_PASSWORD_FILE: files.write('secret\n', 'txt') },
      }
      const serve = (name: keyof typeof keys): ServeProcess =>
        new ServeProcess(['--port', '0'], {
          ...env,
          ...keys[name],
          SLUICE_GUARANTEE: guarantee,
          SLUICE_STATE_DIR: join(dir, name),
          SLUICE_DATA_TOPIC: fixture.topic('data'),
          SLUICE_MODELS_TOPIC: fixture.topic('models'),
          SLUICE_RESULTS_TOPIC: fixture.topic('results'),
        })
      let instance = serve('one')
      const shown = async (
        trusted: readonly string[] | undefined,
        ...more: readonly string[]
      ): Promise<{ code: number; events: readonly Shown[]; stderr: string }> => {
        const given = trusted === undefined ? [] : ['--trusted-keys', trusted.join(',')]
        const { code, stdout, stderr } = await quietly(['models', 'events', ...more, ...given, '--json'], env)
        const events = stdout
          .split('\n')
          .filter(line => line !== '')
          .map(line => JSON.parse(line) as Shown)
        return { code, events, stderr }
      }
      const both = [one.path, two.path]
      const told = async (is: (events: readonly Shown[]) => boolean): Promise<readonly Shown[]> => {
        const found = await eventually(
          () => shown(both),
          ({ events }) => is(events),
        )
        assert.is(found.code, 0, found.stderr)
        assert.ok(is(found.events), JSON.stringify(found.events))
        return found.events
      }
      const loading = new AbortController()
      let producing: Promise<void> | undefined
      const swap = (version: number): Promise<void> =>
        fixture.produce('models', [{ key: Buffer.from('wine'), value: Buffer.from(controlRecord('wine', { promote: { version } })) }])
      try {
        await instance.ready
        for (const shift of [1, 2]) await fixture.produce('models', [modelFor('wine', { name: `m${shift}`, bytes: shiftedSum(shift) })])
        producing = (async () => {
          for (let sent = 0; !loading.signal.aborted; sent++) {
            await fixture.produce('data', [wineFor('wine', sent % 50)])
            await sleep(10)
          }
        })()
        await told(events => events.filter(({ event }) => event === 'effective').length > 0)
        for (let at = 0; at < 6; at++) await swap(1 + (at % 2))
        // Some of these are applied by the one instance, some by the other.
        await sleep(15)
        await instance.kill('SIGKILL')
        instance = serve('two')
        await instance.ready
        await swap(2)
        const events = await told(
          found => found.filter(({ event }) => event === 'promoted').length >= 7 && found.at(-1)?.event === 'effective',
        )
        loading.abort()
        await producing
        const signers = new Set(events.map(({ signer }) => signer))
        assert.equal(signers, new Set([one, two].map(({ signing }) => `key ${signing.signer.key}`)), 'both have told some')
        if (guarantee === 'exactly_once')
          assert.equal(
            events.map(({ sequence }) => sequence),
            events.map((_, at) => at + 1),
            'none twice, none missing',
          )
        const some = await shown([one.path])
        assert.is(some.code, 1, 'the other key is not trusted')
        assert.equal([...new Set((await shown(undefined)).events.map(({ signature }) => signature))], ['not verified'])
        // What somebody else writes: nothing, a copy under another key, and a value that was changed.
        const [record] = await fixture.readAll('model-events')
        const headers = { [recordSignatureHeader]: record?.headers?.[recordSignatureHeader] as Buffer }
        const value = record?.value as Buffer
        await fixture.produce('model-events', [
          { key: Buffer.from('wine'), value: Buffer.from(String(value)) },
          { key: Buffer.from('beer'), value: Buffer.from(String(value)), headers },
          { key: Buffer.from('wine'), value: Buffer.from(String(value).replace('"champion":1', '"champion":2')), headers },
        ])
        const { code, events: after, stderr } = await shown(both)
        assert.equal(
          [
            code,
            after
              .filter(({ signature }) => signature !== 'signed')
              .map(({ signature }) => signature)
              .toSorted(),
          ],
          [1, ['unsigned', 'wrong', 'wrong']],
        )
        assert.match(stderr, /3 records of .*-model-events no trusted key has signed/)
        assert.is((await shown(both, 'beer')).events.length, 1)
        for (const secret of ['secret', 'PRIVATE KEY']) assert.not.ok(instance.stderr.includes(secret))
      } finally {
        loading.abort()
        await producing?.catch(() => undefined)
        await instance.kill('SIGKILL')
        await fixture.close()
        await rm(dir, { recursive: true, force: true })
      }
    },
  )

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else signed.run()
