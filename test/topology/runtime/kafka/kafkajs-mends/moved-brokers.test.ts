import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { env, pause } from '../../../../../base/index.ts'
import { followCoordinator } from '../../../../../topology/runtime/kafka/kafkajs-mends/moved-coordinator.ts'
import { lookForLeaders } from '../../../../../topology/runtime/kafka/kafkajs-mends/moved-leaders.ts'
import { closeWhenSilent } from '../../../../../topology/runtime/kafka/kafkajs-mends/unanswered-requests.ts'
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
  test(`${failure.message}: the next coordinator is found without a join, and is the one that is asked from then on`, () =>
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
  test(`${type}: only a join can help`, () =>
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

test('a coordinator that does not answer holds up the fetches for a tenth of a second; what it says later counts, for the same generation', () =>
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

test('a lookup ends with the membership, and does not put an old coordinator in the place of that of a later join', () =>
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

test('a leader that moved is looked up; what is not known at all is left to kafkajs', () =>
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

/** A broker with one connection, whose answers never come by themselves. */
function silentBroker() {
  const socket = { bytesRead: 0, closed: '' }
  const pool = [{ socket: { ...socket, destroy: (error: Error) => void (socket.closed = error.message) } }]
  let answer: () => void = () => undefined
  const wait = (): Promise<void> => new Promise(resolve => (answer = resolve))
  class Broker {
    readonly connectionPool = { pool }
  }
  const names = [
    'apiVersions',
    'fetch',
    'findGroupCoordinator',
    'heartbeat',
    'listOffsets',
    'metadata',
    'offsetCommit',
    'offsetFetch',
    'produce',
  ]
  const prototype = Broker.prototype as unknown as Record<string, () => Promise<void>>
  for (const name of [...names, 'joinGroup', 'syncGroup']) prototype[name] = wait
  closeWhenSilent(prototype as unknown as Parameters<typeof closeWhenSilent>[0], 1000)
  const broker = new Broker() as unknown as Record<string, () => Promise<void>>
  const receives = (): void => void (pool[0]!.socket.bytesRead += 10)
  return { broker, socket, receives, answer: () => answer() }
}

test('a broker from which nothing comes is left; one that sends, answers, or lets a member wait for others is not', () =>
  inFakeEnv(async world => {
    const silent = silentBroker()
    void silent.broker['fetch']!()
    await world.run(900)
    assert.is(silent.socket.closed, '')
    await world.run(200)
    assert.match(silent.socket.closed, 'sent nothing for 1000 ms')

    const slow = silentBroker()
    void slow.broker['fetch']!()
    for (let part = 0; part < 10; part++) {
      await world.run(500)
      slow.receives()
    }
    assert.is(slow.socket.closed, '')

    const prompt = silentBroker()
    const asked = prompt.broker['metadata']!()
    await world.run(500)
    prompt.answer()
    await asked
    await world.run(5000)
    assert.is(prompt.socket.closed, '')

    const rebalancing = silentBroker()
    void rebalancing.broker['joinGroup']!()
    void rebalancing.broker['heartbeat']!()
    await world.run(5000)
    assert.is(rebalancing.socket.closed, '', 'a broker answers nothing behind a join')

    const transaction = silentBroker()
    void (transaction.broker['produce'] as (request: object) => Promise<void>)({ transactionalId: 'own' })
    await world.run(5000)
    assert.is(transaction.socket.closed, '', 'its producer would not outlive that')
  }))

test.run()
