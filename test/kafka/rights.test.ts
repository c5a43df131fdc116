import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { messageOf } from '../../base/sluice-error.ts'
import { existingTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { createKafka, type OAuthBearer } from '../../topology/runtime/kafka/kafka-client.ts'
import { shiftedSum } from '../serving/serving-driver.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { passwords, SecureBroker, unsignedToken, type Right } from './secure-broker.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor, ServingApp } from './serving-app.ts'

interface Context {
  dir: string
  broker: SecureBroker
  ca: string
}

const test = suite<Context>('a broker with ACLs')
test.before(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-rights-'))
  context.broker = await SecureBroker.start(context.dir)
  context.ca = await readFile(context.broker.authority.ca, 'utf8')
})
test.after(async ({ broker, dir }) => {
  await broker.stop()
  await rm(dir, { recursive: true, force: true })
})

const operations = { READ: 'read', WRITE: 'write' } as const
const resources = { topic: 'topic', group: 'group', 'transactional id': 'transactionalId' } as const

/** The rights that docs/security.md lists for `serve`, with the topics of a fixture. */
function documentedRights(fixture: KafkaFixture): readonly Right[] {
  const text = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8')
  const section = text.split('### What serve needs')[1]?.split('\n#')[0] ?? ''
  const rows = [...section.matchAll(/^\| (topic|group|transactional id) `([^`]+)` *\| ([A-Z, ]+?) *\|/gm)]
  return rows.flatMap(([, kind = '', named = '', listed = '']) => {
    const name = /^(data|models|results)Topic$/.test(named)
      ? fixture.topic(named.replace('Topic', ''))
      : named.replace('<applicationId>', fixture.id).replace('<resultsTopic>', fixture.topic('results'))
    return listed.split(', ').map(operation => ({
      operation: operations[operation as keyof typeof operations],
      resource: resources[kind as keyof typeof resources],
      name: name.replace('*', ''),
      prefixed: name.endsWith('*'),
    }))
  })
}

/** Creates the topics as an administrator would, with a record that is scored and one that becomes a dead letter. */
async function prepared({ broker }: Context): Promise<KafkaFixture> {
  const fixture = new KafkaFixture(broker.plaintext)
  const [one, compact] = [{ partitions: 1 }, { partitions: 1, compact: true }]
  await fixture.createTopics({
    data: one,
    models: compact,
    'results-shadow': one,
    'results-late': one,
    decoy: one,
    'model-events': one,
    results: one,
    'dead-letters': one,
    'ModelStateStore-changelog': compact,
    'ModelStateStore-waiting-changelog': compact,
  })
  await fixture.produce('data', [
    { key: Buffer.from('wine'), value: Buffer.alloc(0) },
    { key: Buffer.from('wine'), value: Buffer.from('no wine record') },
  ])
  return fixture
}

/** Grants rights, and waits until the broker applies them; rights that are granted together apply from the same moment. */
async function granted({ broker, ca }: Context, user: string, rights: readonly Right[]): Promise<void> {
  await broker.grant(user, rights)
  const admin = createKafka({ brokers: [broker.saslSsl], clientId: 'test', ssl: { ca }, sasl: tokensOf(user) }).admin()
  await admin.connect()
  const topics = rights.filter(({ resource, prefixed = false }) => resource === 'topic' && !prefixed).map(({ name }) => name)
  try {
    await eventually(
      () =>
        existingTopics(admin, topics).then(
          () => true,
          () => false,
        ),
      seen => seen,
    )
  } finally {
    await admin.disconnect()
  }
}

function tokensOf(user: string): OAuthBearer {
  return { mechanism: 'oauthbearer', token: { command: `echo ${unsignedToken(user)}` } }
}

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else {
  test('serve works with exactly the documented rights', async context => {
    const { broker, dir } = context
    const fixture = await prepared(context)
    const rights = documentedRights(fixture)
    assert.is(rights.length, 11)
    await granted(context, 'bob', rights)
    const serve = new ServeProcess([], {
      SLUICE_BROKERS: broker.saslSsl,
      SLUICE_SSL_CA: broker.authority.ca,
      SLUICE_SASL_MECHANISM: 'scram-sha-512',
      SLUICE_SASL_USERNAME: 'bob',
      SLUICE_SASL_PASSWORD: passwords.bob,
      SLUICE_APPLICATION_ID: fixture.id,
      SLUICE_DATA_TOPIC: fixture.topic('data'),
      SLUICE_MODELS_TOPIC: fixture.topic('models'),
      SLUICE_RESULTS_TOPIC: fixture.topic('results'),
      SLUICE_STATE_DIR: join(dir, 'state'),
      SLUICE_PORT: '0',
    })
    try {
      await serve.ready
      assert.is((await fixture.readAtLeast('results', 1)).length, 1)
      assert.is((await fixture.readAtLeast('dead-letters', 1)).length, 1)
      // Shadows and decoys write topics of their own, whose rights are not needed before.
      const others = serve.stderr.split('\n').filter(line => !line.includes('an output topic is missing, or hidden'))
      assert.not.match(others.join('\n'), /not authorized/)
    } finally {
      const { code, stderr } = await serve.kill('SIGTERM')
      assert.is(code, 0, stderr)
      assert.not.match(stderr, new RegExp(passwords.bob))
    }
  })

  test('if one of them is missing, the error names it', async context => {
    const { broker, ca } = context
    const count = documentedRights(new KafkaFixture(broker.plaintext)).length
    const toldOf = async (index: number): Promise<void> => {
      const fixture = await prepared(context)
      // The right to read the changelog is used only in a restore.
      for (const store of ['ModelStateStore', 'ModelStateStore-waiting'])
        await fixture.produce(`${store}-changelog`, [{ key: Buffer.from('gone'), value: null }])
      await fixture.produce('models', [modelFor('wine', { bytes: shiftedSum(1) })])
      const rights = documentedRights(fixture)
      const missing = rights[index] as Right
      // No record has to wait here, so that nothing is written.
      if (missing.name.endsWith('-waiting-changelog') && missing.operation === 'write') return
      const user = `user-${index}`
      await granted(context, user, [...rights.filter(right => right !== missing), { ...missing, operation: 'describe' }])
      const kind = missing.resource === 'transactionalId' ? 'transactional id' : missing.resource
      const right = `needs the right ${missing.operation.toUpperCase()} on ${kind} ${missing.name}`
      const told: string[] = []
      const app = new ServingApp(fixture, join(context.dir, user), {
        streams: {
          brokers: [broker.saslSsl],
          ssl: { ca },
          sasl: tokensOf(user),
          listener: { onError: error => told.push(messageOf(error)) },
        },
      })
      try {
        await app.streams.start().catch((error: unknown) => told.push(messageOf(error)))
        const found = await eventually(
          () => told.some(message => message.includes(right)),
          found => found,
        )
        assert.ok(found, `${right}: ${told.join('\n')}`)
      } finally {
        await app.stop()
      }
    }
    await Promise.all(Array.from({ length: count }, (_, index) => toldOf(index)))
  })

  test.run()
}
