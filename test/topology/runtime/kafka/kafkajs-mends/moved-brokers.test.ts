import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { env, pause } from '../../../../../base/index.ts'
import { askedInOrder } from '../../../../../topology/runtime/kafka/kafkajs-mends/asked-in-order.ts'
import { closeForGood } from '../../../../../topology/runtime/kafka/kafkajs-mends/closed-cluster.ts'
import { followCoordinator } from '../../../../../topology/runtime/kafka/kafkajs-mends/moved-coordinator.ts'
import { lookForLeaders } from '../../../../../topology/runtime/kafka/kafkajs-mends/moved-leaders.ts'
import { passOverSilent } from '../../../../../topology/runtime/kafka/kafkajs-mends/silent-seed.ts'
import { closeWhenSilent } from '../../../../../topology/runtime/kafka/kafkajs-mends/unanswered-requests.ts'
import {
  askBroker,
  FlexibleWriter,
  foundTalking,
  isSilent,
  watchAnswer,
  type WireBroker,
} from '../../../../../topology/runtime/kafka/wire/index.ts'
import { inFakeEnv } from '../../../../support/fake-env.ts'

const test = suite('kafkajs: brokers that move, die and freeze')

const ofType = (type: string): Error => Object.assign(new Error(type), { type, name: 'KafkaJSProtocolError' })
const lost = (): Error => Object.assign(new Error('lost'), { name: 'KafkaJSConnectionClosedError' })

/** A member whose heartbeats the test answers. */
function member(answer: (coordinator: string) => Promise<void> | void) {
  class Group {
    readonly groupId = 'g'
    generationId: number | null = 1
    memberId: string | null = 'm'
    coordinator: object | null = { name: 'first' }
    lastRequest = 0
    readonly asked: string[] = []
    /** The coordinators that a lookup finds, in turn; an error is what it fails with. */
    readonly found: (string | Error)[] = []
    readonly cluster = {
      findGroupCoordinator: async (): Promise<object> => {
        const next = this.found.shift()
        if (next === undefined) throw new Error('nobody knows')
        if (next instanceof Error) throw next
        return { name: next }
      },
    }

    async heartbeat(_options: { readonly interval: number }): Promise<void> {
      const { name } = this.coordinator as { readonly name: string }
      this.asked.push(name)
      await answer(name)
      this.lastRequest = env.monotonic()
    }
  }
  followCoordinator(Group.prototype)
  return new Group()
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: Error) => error.message,
  )

for (const failure of [
  lost(),
  ofType('NOT_COORDINATOR_FOR_GROUP'),
  ofType('GROUP_COORDINATOR_NOT_AVAILABLE'),
  ofType('GROUP_LOAD_IN_PROGRESS'),
])
  test(`${failure.message}: the next coordinator is found without a join, and gets the heartbeats from then on`, () =>
    inFakeEnv(async world => {
      await world.run(1000)
      const group = member(name => (name === 'first' ? Promise.reject(failure) : undefined))
      group.found.push(lost(), new Error('not elected'), 'second')
      assert.is(await failureOf(group.heartbeat({ interval: 10 })), undefined)
      assert.is(await failureOf(group.heartbeat({ interval: 10 })), undefined, 'nobody is asked while it is looked up')
      assert.equal(group.asked, ['first'])
      await world.run(1000)
      await group.heartbeat({ interval: 10 })
      assert.equal(group.asked, ['first', 'second'])
    }))

for (const type of ['REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'])
  test(`${type}: the member joins again`, () =>
    inFakeEnv(async world => {
      await world.run(1000)
      const group = member(() => Promise.reject(ofType(type)))
      assert.is(await failureOf(group.heartbeat({ interval: 10 })), type)
    }))

test('a heartbeat that is not due is not sent', () =>
  inFakeEnv(async world => {
    const group = member(() => undefined)
    await world.run(1000)
    for (let beats = 0; beats < 3; beats++) await group.heartbeat({ interval: 200 })
    assert.is(group.asked.length, 1)
  }))

test('a coordinator that does not answer delays fetches by a tenth of a second; a later answer is used if the generation is the same', () =>
  inFakeEnv(async world => {
    await world.run(1000)
    const group = member(async () => {
      await pause(5000)
      throw ofType('REBALANCE_IN_PROGRESS')
    })
    const began = env.monotonic()
    const first = failureOf(group.heartbeat({ interval: 10 })).then(error => [error, env.monotonic() - began])
    await world.run(200)
    assert.equal(await first, [undefined, 100])
    await world.run(6000)
    assert.is(await failureOf(group.heartbeat({ interval: 10 })), 'REBALANCE_IN_PROGRESS')
    const second = failureOf(group.heartbeat({ interval: 10 }))
    await world.run(200)
    await second
    await world.run(6000)
    group.generationId = 2
    const third = failureOf(group.heartbeat({ interval: 10 }))
    await world.run(200)
    assert.is(await third, undefined, 'it concerned the generation before')
  }))

test('a lookup ends with the membership, and does not replace the coordinator of a later join', () =>
  inFakeEnv(async world => {
    await world.run(1000)
    const group = member(() => Promise.reject(lost()))
    await group.heartbeat({ interval: 10 })
    await world.run(500)
    group.generationId = 2
    group.coordinator = { name: 'joined' }
    group.found.push('old')
    await world.run(1000)
    assert.equal(group.coordinator, { name: 'joined' })
    await group.heartbeat({ interval: 10 })
    assert.is(group.asked.at(-1), 'joined')
    group.memberId = null
    await world.run(10_000)
  }))

test('a lookup ends when the client is disconnected, also where the member could not leave its group', () =>
  inFakeEnv(async world => {
    class Pool {
      async connect(): Promise<void> {}
      async connectBroker(): Promise<void> {}
      async disconnect(): Promise<void> {}
    }
    class Cluster {
      readonly brokerPool = { brokers: {} }
      lookups = 0

      async connect(): Promise<void> {}
      async disconnect(): Promise<void> {}
      async findGroupCoordinator(): Promise<object> {
        this.lookups++
        throw lost()
      }
    }
    const getConnection = (): Promise<never> => Promise.reject(lost())
    closeForGood({ pools: new Pool(), clusters: Cluster.prototype, connections: { getConnection } }, lost)
    await world.run(1000)
    const cluster = new Cluster()
    const group = Object.assign(
      member(() => Promise.reject(lost())),
      { cluster },
    )
    await group.heartbeat({ interval: 10 })
    await world.run(500)
    const asked = cluster.lookups
    assert.ok(asked > 1)
    await cluster.disconnect()
    await world.run(10_000)
    assert.is(cluster.lookups, asked)
  }))

test('a leader that has moved is looked up; unknown topics are left to kafkajs', () =>
  inFakeEnv(async world => {
    const left: unknown[] = []
    let refreshed = 0
    class Group {
      readonly cluster = {
        refreshMetadata: async (): Promise<void> => {
          refreshed++
        },
      }

      async recoverFromFetch(error: unknown): Promise<void> {
        left.push((error as Error).message)
      }
    }
    lookForLeaders(Group.prototype)
    const group = new Group()
    const moves = ['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH']
    for (const type of moves) {
      const recovered = group.recoverFromFetch(ofType(type))
      await world.run(100)
      await recovered
    }
    assert.equal([refreshed, left], [moves.length, []])
    await group.recoverFromFetch(ofType('UNKNOWN_TOPIC_OR_PARTITION'))
    await group.recoverFromFetch(lost())
    assert.equal([refreshed, left], [moves.length, ['UNKNOWN_TOPIC_OR_PARTITION', 'lost']])
  }))

let brokers = 0

/** A broker with one connection, whose answers come when the test says so. */
function silentBroker(port = ++brokers) {
  const socket = { bytesRead: 0, closed: 0 }
  let answer: () => void = () => undefined
  const waiting = new Set<() => void>()
  const destroy = (): void => {
    socket.closed++
    for (const end of waiting) end()
    waiting.clear()
  }
  class Broker {
    readonly connectionPool = {
      host: 'silent',
      port,
      pool: [{ socket: { ...socket, destroy } }],
    }
  }
  const reads = ['apiVersions', 'describeConfigs', 'describeGroups', 'fetch', 'findGroupCoordinator', 'heartbeat', 'listGroups']
  const names = [...reads, 'leaveGroup', 'listOffsets', 'metadata', 'offsetCommit', 'offsetFetch']
  const prototype = Broker.prototype as unknown as Record<string, (request?: object) => Promise<void>>
  for (const name of [...names, 'joinGroup', 'syncGroup', 'produce'])
    prototype[name] = () =>
      new Promise((resolve, reject) => {
        answer = resolve
        waiting.add(() => reject(lost()))
      })
  closeWhenSilent(prototype as unknown as Parameters<typeof closeWhenSilent>[0])
  const broker = new Broker()
  const ask = (name: string, request?: object): Promise<void> =>
    (broker as unknown as Record<string, (request?: object) => Promise<void>>)[name]!(request).catch(() => undefined)
  const receives = (): void => void (broker.connectionPool.pool[0]!.socket.bytesRead += 10)
  return { broker, ask, socket, receives, answer: () => answer() }
}

test('the connections of a broker that sends nothing are closed after 5 s, and later after 1 s until it answers again', () =>
  inFakeEnv(async world => {
    const { broker, ask, socket, answer } = silentBroker()
    void ask('fetch')
    await world.run(4900)
    assert.equal([socket.closed, isSilent(broker)], [0, false])
    await world.run(200)
    assert.equal([socket.closed, isSilent(broker)], [1, true])
    void ask('metadata')
    await world.run(1100)
    assert.is(socket.closed, 2)
    const asked = ask('metadata')
    await world.run(500)
    answer()
    await asked
    assert.is(isSilent(broker), false)
    void ask('metadata')
    await world.run(4900)
    assert.is(socket.closed, 2)
  }))

test('a request that waits when its broker is found silent waits 1 s more at most, and one that is answered not at all', () =>
  inFakeEnv(async world => {
    const { broker, ask, socket, answer } = silentBroker()
    const late: number[] = []
    const since = env.monotonic()
    const watch = (): (() => void) => watchAnswer(broker, () => late.push(Math.round(env.monotonic() - since)))
    void ask('fetch')
    await world.run(4000)
    const [end, answered] = [watch(), watch()]
    await world.run(1100)
    assert.equal([socket.closed, isSilent(broker), late.length], [1, true, 0])
    answered()
    await world.run(1000)
    assert.equal(late, [6000])
    end()
    await world.run(20_000)
    assert.is(late.length, 1)
    const asked = ask('metadata')
    answer()
    await asked
    const alone = watch()
    await world.run(4900)
    assert.is(late.length, 1)
    await world.run(200)
    assert.is(late.length, 2)
    alone()
  }))

for (const name of ['findGroupCoordinator', 'leaveGroup', 'joinGroup', 'syncGroup'])
  test(`${name} waits 1 s more when its broker is found silent by a request on another connection, or was before`, () =>
    inFakeEnv(async world => {
      const one = silentBroker()
      const other = silentBroker(one.broker.connectionPool.port)
      void other.ask('fetch')
      await world.run(4000)
      void one.ask(name)
      await world.run(1900)
      assert.equal([one.socket.closed, other.socket.closed], [0, 1])
      await world.run(200)
      assert.is(one.socket.closed, 1)
      void one.ask(name)
      await world.run(1100)
      assert.is(one.socket.closed, 2)
    }))

test('the connections of a broker that sends, or whose answer waits for other members, stay open', () =>
  inFakeEnv(async world => {
    const slow = silentBroker()
    void slow.ask('fetch')
    for (let part = 0; part < 10; part++) {
      await world.run(2500)
      slow.receives()
    }
    slow.answer()
    const rebalancing = silentBroker()
    void rebalancing.ask('joinGroup')
    void rebalancing.ask('heartbeat')
    await world.run(20_000)
    assert.equal([slow.socket.closed, rebalancing.socket.closed], [0, 0])
  }))

test('a request to a leader that waits for its followers is repeated, and the leader is not silent; requests of transactions are left to the producer', () =>
  inFakeEnv(async world => {
    const leader = silentBroker()
    void leader.ask('produce', {})
    await world.run(5100)
    assert.equal([leader.socket.closed, isSilent(leader.broker)], [1, false])
    const coordinated = silentBroker()
    void coordinated.ask('produce', { transactionalId: 'own' })
    await world.run(20_000)
    assert.is(coordinated.socket.closed, 0)
  }))

test('a request that waits for replicas is asked again after 5 s, then after 1.5 s for 10 s, and after 5 s again once one was answered', () =>
  inFakeEnv(async world => {
    const { broker } = silentBroker()
    const waits: number[] = []
    const wait = async (name?: string): Promise<void> => {
      const since = env.monotonic()
      const late: true[] = []
      const end = watchAnswer(broker, () => late.push(true), name)
      while (late.length === 0) await world.run(100)
      waits.push(Math.round((env.monotonic() - since) / 100) / 10)
      end()
    }
    for (const name of ['Produce', 'Produce', 'EndTxn', undefined, 'Produce']) await wait(name)
    assert.equal(waits.splice(0), [5, 1.5, 5, 5, 5])
    foundTalking(broker, 'EndTxn')
    await wait('EndTxn')
    await wait('EndTxn')
    foundTalking(broker)
    await wait('EndTxn')
    foundTalking(broker, 'EndTxn')
    await wait('EndTxn')
    assert.equal(waits, [5, 1.5, 1.5, 5])
    assert.is(isSilent(broker), false)
  }))

test('the first address of a new client is not that of a silent broker, unless all are silent', () =>
  inFakeEnv(async world => {
    const brokers = [silentBroker(), silentBroker(), silentBroker()] as const
    const seeds = async (): Promise<readonly number[]> => {
      let next = 0
      const pool = {
        seedBroker: null as null | (typeof brokers)[number]['broker'],
        createSeedBroker: async (): Promise<void> => void (pool.seedBroker = brokers[next++ % brokers.length]!.broker),
      }
      passOverSilent(pool)
      await pool.createSeedBroker()
      return brokers.flatMap((each, index) => (each.broker === pool.seedBroker ? [index] : []))
    }
    const silence = async (...indexes: readonly number[]): Promise<void> => {
      for (const index of indexes) void brokers[index]!.ask('fetch')
      await world.run(5100)
    }
    assert.equal(await seeds(), [0])
    await silence(0)
    assert.equal(await seeds(), [1])
    await silence(1)
    assert.equal(await seeds(), [2])
    await silence(2)
    assert.equal(await seeds(), [0])
  }))

for (const { replicated, behind, silent } of [
  { replicated: false, behind: false, silent: true },
  { replicated: true, behind: false, silent: false },
  { replicated: false, behind: true, silent: false },
])
  test(`a broker ${silent ? 'is' : 'is not'} silent that does not answer a request which ${replicated || behind ? 'may wait for replicas' : 'waits for nobody'}${behind ? ', behind another' : ''}`, () =>
    inFakeEnv(async world => {
      const lost: (() => void)[] = []
      const destroy = (): void => {
        for (const end of lost.splice(0)) end()
      }
      const connectionPool = {
        host: 'asked',
        port: ++brokers,
        pool: [{ socket: { destroy } }],
        send: () => new Promise((_, reject) => lost.push(() => reject(new Error('lost')))),
      }
      const broker = { versions: null, connectionPool } as unknown as WireBroker
      const ask = (waits: boolean): Promise<unknown> =>
        failureOf(askBroker(broker, { apiKey: 1, apiVersion: 1, apiName: 'Any', replicated: waits }, new FlexibleWriter(), () => undefined))
      const answers = [...(behind ? [ask(true)] : []), ask(replicated)]
      await world.run(5100)
      assert.equal(await Promise.all(answers), behind ? ['lost', 'lost'] : ['lost'])
      assert.is(isSilent(broker), silent)
    }))

test('connected brokers are tried first, silent ones last, otherwise in random order', () =>
  inFakeEnv(async world => {
    const pooled = (connected: boolean) => {
      const made = silentBroker()
      return { ...made, pooled: Object.assign(made.broker, { isConnected: () => connected }) }
    }
    const frozen = pooled(true)
    void frozen.ask('fetch')
    await world.run(5100)
    const all = { 1: frozen.pooled, 2: pooled(false).pooled, 3: pooled(true).pooled, 4: pooled(true).pooled }
    const orders = new Set(Array.from({ length: 50 }, () => askedInOrder(all).join(' ')))
    assert.equal([...orders].toSorted(), ['3 4 2 1', '4 3 2 1'])
  }))

test.run()
