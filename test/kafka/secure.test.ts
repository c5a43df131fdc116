import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { partitionsOf, withClient } from '../../cli/commands/client.ts'
import { resolveClientConfig } from '../../cli/config/config.ts'
import { createKafka, readTopic, SluiceStreams, TopicWriter, waitForBroker, type KafkaSettings } from '../../topology/runtime/index.ts'
import { createTopology } from './counting-topology.ts'
import { passwords, SecureBroker, unsignedToken } from './secure-broker.ts'
import { ServeProcess } from './serve-process.ts'

interface Context {
  dir: string
  broker: SecureBroker
  /** The certificate of the broker's authority, as PEM. */
  ca: string
}

const test = suite<Context>('a broker with authentication')

test.before(async context => {
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-secure-'))
  context.broker = await SecureBroker.start(context.dir, { 'connections.max.reauth.ms': 3000 })
  context.ca = await readFile(context.broker.authority.ca, 'utf8')
  for (const user of ['alice', 'bob']) {
    const everything = (['topic', 'group', 'transactionalId'] as const).map(
      resource => ({ operation: 'all', resource, name: '*' }) as const,
    )
    await context.broker.grant(user, [...everything, { operation: 'create', resource: 'cluster', name: 'kafka-cluster' }])
  }
})
test.after(async ({ broker, dir }) => {
  await broker.stop()
  await rm(dir, { recursive: true, force: true })
})

/** Each way to connect, as settings of a command. */
function waysIn({ broker, dir }: Context): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const ca = { SLUICE_SSL_CA: broker.authority.ca }
  return {
    'SASL PLAIN': {
      SLUICE_BROKERS: broker.saslPlaintext,
      SLUICE_SASL_USERNAME: 'alice',
      SLUICE_SASL_PASSWORD: passwords.alice,
    },
    'SCRAM-SHA-512 over TLS': {
      ...ca,
      SLUICE_BROKERS: broker.saslSsl,
      SLUICE_SASL_MECHANISM: 'scram-sha-512',
      SLUICE_SASL_USERNAME: 'bob',
      SLUICE_SASL_PASSWORD: passwords.bob,
    },
    'TLS with a client certificate': {
      ...ca,
      SLUICE_BROKERS: broker.mutualTls,
      SLUICE_SSL_CERT: broker.client.cert,
      SLUICE_SSL_KEY: broker.client.key,
    },
    'a bearer token from a file': {
      ...ca,
      SLUICE_BROKERS: broker.saslSsl,
      SLUICE_SASL_TOKEN_FILE: join(dir, 'token'),
    },
    'a bearer token from a command': {
      SLUICE_BROKERS: broker.saslPlaintext,
      SLUICE_SASL_TOKEN_COMMAND: `cat ${join(dir, 'token')}`,
    },
  }
}

/** The message about the wait for a broker with which no connection can be made. */
async function toldOfWait(settings: Omit<KafkaSettings, 'clientId'>): Promise<string> {
  const end = new AbortController()
  let told = ''
  const onWait = (_seconds: number, reason: string): void => {
    told = reason
    end.abort()
  }
  await waitForBroker(createKafka({ ...settings, clientId: 'test' }), { onWait, signal: end.signal }).catch(() => undefined)
  return told
}

if (process.env['KAFKA_BROKERS'] === undefined) console.log('skipped: no KAFKA_BROKERS')
else {
  test('a command works with each way to connect', async context => {
    await writeFile(join(context.dir, 'token'), unsignedToken('alice'))
    await createTopics(context.broker.admin, [{ topic: 'way-in', numPartitions: 3 }])
    for (const env of Object.values(waysIn(context))) {
      const config = resolveClientConfig({ flags: {}, env, readFile: path => readFileSync(path, 'utf8') })
      assert.is(await withClient(config, { timeout: 20 }, ({ admin }) => partitionsOf(admin, 'way-in')), 3)
    }
  })

  test('TLS at a port without it, and the reverse, are reported as such', async ({ broker, ca }) => {
    for (const address of [broker.plaintext, broker.saslPlaintext])
      assert.match(
        await toldOfWait({ brokers: [address], ssl: { ca } }),
        /does not use TLS at that port: use the port of its TLS listener, or omit ssl/,
      )
    for (const address of [broker.saslSsl, broker.mutualTls])
      assert.match(await toldOfWait({ brokers: [address] }), /it expects TLS \(ssl\)/)
  })

  test('serve with worker threads and an application in this process keep running after their credentials expire', async context => {
    const { broker, dir } = context
    await writeFile(join(dir, 'token'), unsignedToken('alice'))
    const ways = waysIn(context)
    const topics = { words: 'token-data', out: 'token-results' }
    await createTopics(
      broker.admin,
      [topics.words, topics.out].map(topic => ({ topic, numPartitions: 1 })),
    )
    const serve = new ServeProcess(['--partitions', '1'], {
      ...ways['SCRAM-SHA-512 over TLS'],
      SLUICE_APPLICATION_ID: 'secure-scram',
      SLUICE_DATA_TOPIC: 'scram-data',
      SLUICE_MODELS_TOPIC: 'scram-models',
      SLUICE_RESULTS_TOPIC: 'scram-results',
      SLUICE_STATE_DIR: join(dir, 'state-scram'),
      SLUICE_THREADS: '1',
      SLUICE_PORT: '0',
    })
    const failures: unknown[] = []
    const streams = new SluiceStreams(createTopology({ input: topics.words, output: topics.out }), {
      applicationId: 'secure-token',
      brokers: [broker.saslSsl],
      ssl: { ca: context.ca },
      sasl: { mechanism: 'oauthbearer', token: { file: join(dir, 'token') } },
      listener: { onError: error => failures.push(error) },
    })
    try {
      await Promise.all([serve.ready, streams.start()])
      // The broker requires new credentials every three seconds.
      await sleep(4000)
      for (const name of ['scram', 'token']) {
        const writer = await TopicWriter.open(broker.kafka, `${name}-data`)
        await writer.write({ key: Buffer.from('wine'), value: Buffer.from('') })
        await writer.flush()
        await writer.close()
        let results = 0
        for await (const { records } of readTopic(broker.kafka, { topic: `${name}-results`, from: 'beginning' })) {
          results += records.length
          if (results > 0) break
        }
        assert.is(results, 1)
      }
      assert.equal(failures, [])
      assert.not.match(serve.stderr, /starting anew/)
    } finally {
      await streams.stop()
      assert.is((await serve.kill('SIGTERM')).code, 0)
    }
  })

  test.run()
}
