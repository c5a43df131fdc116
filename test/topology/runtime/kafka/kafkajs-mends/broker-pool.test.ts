import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { failToConnect } from '../../../../../topology/runtime/kafka/kafkajs-mends/silent-seed.ts'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { plainModule } from './plain-module.ts'

const BrokerPool = mendedModule('src/cluster/brokerPool.js') as new (options: object) => {
  brokers: Record<string, unknown>
  seedBroker: unknown
  withBroker(callback: () => Promise<unknown>): Promise<unknown>
  removeBroker(address: { host: string; port: number }): void
}

const ConnectionError = (plainModule('src/errors.js') as { KafkaJSConnectionError: Parameters<typeof failToConnect>[1] })
  .KafkaJSConnectionError

const test = suite('kafkajs broker pool')

interface Broker {
  readonly nodeId: string
  readonly connectionPool: { readonly host: string; readonly port: number }
  isConnected(): boolean
}

const broker = (nodeId: string): Broker => ({ nodeId, connectionPool: { host: 'h', port: Number(nodeId) }, isConnected: () => true })
const poolOf = (...brokers: Broker[]): InstanceType<typeof BrokerPool> => {
  const pool = new BrokerPool({ logger: { namespace: () => ({}) }, retry: {} })
  pool.brokers = Object.fromEntries(brokers.map(each => [each.nodeId, each]))
  pool.seedBroker = brokers[0]
  return pool
}
const failureOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'nothing failed', String)

test('says why no broker gave an answer', async () => {
  let asked = 0
  const failing = (): Promise<unknown> => Promise.reject(new Error(`no leader ${++asked}`))
  assert.is(await failureOf(poolOf(broker('1'), broker('2')).withBroker(failing)), 'Error: no leader 2')
  assert.match(String(await failureOf(poolOf().withBroker(failing))), /No brokers/)
})

test('asks the next broker when one fails', async () => {
  let asked = 0
  const second = (): Promise<unknown> => (++asked === 1 ? Promise.reject(new Error('not this one')) : Promise.resolve('answer'))
  assert.is(await poolOf(broker('1'), broker('2')).withBroker(second), 'answer')
})

test('an unreachable broker is skipped, whichever is asked first', async () => {
  const reached = new Set<string>()
  for (let tries = 0; tries < 100; tries++) {
    const pool = poolOf(broker('1'), broker('2'), broker('3'))
    const findBroker = ({ nodeId }: { nodeId: string }): Promise<unknown> => {
      if (nodeId === '1') return Promise.reject(new Error('dead'))
      reached.add(nodeId)
      return Promise.resolve(broker(nodeId))
    }
    Object.assign(pool, { findBroker })
    assert.is(await pool.withBroker(() => Promise.resolve('answer')), 'answer')
  }
  assert.is(reached.size, 2)
})

test('when no known broker can be connected, one that is connected by then is asked, and never an unconnected seed', async () => {
  const [seed, other] = [broker('1'), broker('2')]
  const pool = poolOf(seed, other)
  const ask = (pool as unknown as { findConnectedBroker(): Promise<unknown> }).findConnectedBroker.bind(pool)
  Object.assign(pool, { findBroker: () => Promise.reject(new Error('gone')) })
  seed.isConnected = () => false
  assert.is(await ask(), other)
  Object.assign(pool, { connect: () => Promise.resolve() })
  other.isConnected = () => false
  assert.match(String(await failureOf(ask())), /KafkaJSConnectionError: no broker is connected/)
})

test('a broker is not connected before its versions are known, whatever its socket', async () => {
  let known: () => void = () => undefined
  class Handshaking {
    readonly brokerAddress = 'h:1'

    isConnected(): boolean {
      return true
    }

    connect(): Promise<void> {
      return new Promise(resolve => (known = resolve))
    }
  }
  failToConnect(Handshaking.prototype, ConnectionError)
  const one = new Handshaking()
  const connecting = one.connect()
  assert.is(one.isConnected(), false)
  known()
  await connecting
  assert.is(one.isConnected(), true)
})

test('a seed that takes connections and closes them is one that cannot be reached: another one is', async () => {
  const seeds = ['closes', 'is silent', 'answers']
  const lost = { closes: 'KafkaJSConnectionClosedError', 'is silent': 'KafkaJSRequestTimeoutError' } as const
  class Seed {
    readonly brokerAddress = 'h:1'
    readonly versions = {}
    readonly #kind: string

    constructor(kind: string) {
      this.#kind = kind
    }

    isConnected(): boolean {
      return false
    }

    async connect(): Promise<void> {
      if (this.#kind !== 'answers')
        throw Object.assign(new Error(this.#kind), { name: lost[this.#kind as keyof typeof lost], retriable: true })
    }
  }
  failToConnect(Seed.prototype, ConnectionError)
  const pool = new BrokerPool({
    logger: { namespace: () => ({ error: () => undefined }) },
    retry: { initialRetryTime: 1, maxRetryTime: 1 },
  })
  let tried = 0
  const createSeedBroker = async (): Promise<void> => void (pool.seedBroker = new Seed(seeds[tried++] as string))
  Object.assign(pool, { createSeedBroker })
  await (pool as unknown as { connect(): Promise<void> }).connect()
  assert.is(tried, 3)
})

test('keeps its seed when the last broker goes', () => {
  const only = broker('1')
  const pool = poolOf(only)
  pool.removeBroker({ host: 'h', port: 1 })
  assert.is(pool.seedBroker, only)
  const two = poolOf(broker('1'), broker('2'))
  two.removeBroker({ host: 'h', port: 1 })
  assert.is((two.seedBroker as Broker).nodeId, '2')
})

test.run()
