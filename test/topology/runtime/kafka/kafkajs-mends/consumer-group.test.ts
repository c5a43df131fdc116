import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../../base/sluice-error.ts'
import {
  hookJoins,
  keepAssignments,
  type JoinedGroup,
  type JoinHooks,
} from '../../../../../topology/runtime/kafka/kafkajs-mends/join-hook.ts'
import type { OffsetResetHook } from '../../../../../topology/runtime/kafka/kafkajs-mends/offset-out-of-range.ts'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { plainModule } from './plain-module.ts'

/** Of kafkajs' class, what the mends touch. */
interface GroupClass {
  readonly prototype: {
    joinAndSync: unknown
    fetch: unknown
    recoverFromOffsetOutOfRange(this: unknown, error: { topic: string; partition: number }): Promise<void>
  }
}

const path = 'src/consumer/consumerGroup.js'
const plain = (plainModule(path) as GroupClass).prototype
const mended = (mendedModule(path) as GroupClass).prototype

/** A class with the methods that get the hooks: what a join and a fetch do is the test's. */
function groupOf(hooks: JoinHooks, work: { join?: () => Promise<void> | void; fetch?: () => Promise<void> } = {}) {
  class Group {
    readonly assigners = [hooks, {}]
    readonly seekOffset = new Map<unknown, unknown>()
    memberId = 'me'
    generationId = 0
    isLeader = (): boolean => true
    assigned = (): readonly { topic: string; partitions: readonly number[] }[] => [{ topic: 't', partitions: [0, 2] }]

    async joinAndSync(): Promise<void> {
      await work.join?.()
      this.generationId++
    }

    async fetch(_nodeId: number): Promise<readonly unknown[]> {
      await work.fetch?.()
      return ['batch']
    }
  }
  hookJoins(Group.prototype, NotRetriable)
  return new Group()
}

class NotRetriable extends Error {
  readonly retriable = false
}

function waiter(): { readonly promise: Promise<void>; done(): void } {
  let done: () => void = () => undefined
  const promise = new Promise<void>(resolve => (done = resolve))
  return { promise, done: () => done() }
}

const quiet = (): void => undefined
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )
const test = suite('consumer group mends')

test('positions that were set after a join, and from which nothing was fetched, are not those of the next assignment', async () => {
  const left: number[] = []
  const hooks: JoinHooks = {
    onPartitionsAssigned: async () => {
      left.push(group.seekOffset.size)
      group.seekOffset.set('t 0', '35')
    },
  }
  const group = groupOf(hooks)
  group.seekOffset.set('t 1', '7')
  await group.joinAndSync()
  await group.joinAndSync()
  assert.equal([left, group.seekOffset.size], [[1, 0], 1], 'those that were set before the first join are meant for what it assigns')
})

test('hooks are awaited before and after each join, and get its result', async () => {
  const steps: string[] = []
  let joined: JoinedGroup | undefined
  const hooks: JoinHooks = {
    onPartitionsRevoked: async () => {
      await turn()
      steps.push('before')
    },
    onPartitionsAssigned: async membership => {
      await turn()
      joined = membership
      steps.push('after')
    },
  }
  const group = groupOf(hooks, { join: () => void steps.push('join') })
  await group.joinAndSync()
  await group.joinAndSync()
  assert.equal(steps, ['before', 'join', 'after', 'before', 'join', 'after'])
  assert.equal([joined?.memberId, joined?.generationId, joined?.isLeader, joined?.assignment], ['me', 2, true, { t: [0, 2] }])
  assert.is(joined?.group, group)
})

test('joins do not overlap, and a failed join does not prevent the next', async () => {
  let running = 0
  let joins = 0
  const hooks: JoinHooks = {
    onPartitionsRevoked: async () => {
      assert.is(++running, 1)
      await turn()
    },
    onPartitionsAssigned: async () => {
      await turn()
      running--
    },
  }
  const join = async (): Promise<void> => {
    await turn()
    if (++joins === 2) {
      running--
      throw new Error('no coordinator')
    }
  }
  const group = groupOf(hooks, { join })
  const errors = await Promise.all([1, 2, 3].map(() => failure(group.joinAndSync())))
  assert.equal(
    errors.map(error => (error instanceof Error ? error.message : error)),
    [undefined, 'no coordinator', undefined],
  )
  assert.equal([running, joins], [0, 3])
})

test('a join is repeated if the coordinator is loading or has moved, and the hooks are called once', async () => {
  const steps: string[] = []
  const answers = ['GROUP_LOAD_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE']
  const hooks: JoinHooks = {
    onPartitionsRevoked: () => Promise.resolve(void steps.push('revoked')),
    onPartitionsAssigned: () => Promise.resolve(void steps.push('assigned')),
  }
  const join = (): Promise<void> => {
    steps.push('join')
    const type = answers.shift()
    return type === undefined ? Promise.resolve() : Promise.reject(Object.assign(new Error(type), { type }))
  }
  await groupOf(hooks, { join }).joinAndSync()
  assert.equal(steps, ['revoked', 'join', 'join', 'join', 'join', 'assigned'])
})

test('a hook that has heard of the next rebalance is joined for again, before anything is fetched', async () => {
  const steps: string[] = []
  let left = 2
  const hooks: JoinHooks = {
    onPartitionsRevoked: () => Promise.resolve(void steps.push('revoked')),
    onPartitionsAssigned: ({ generationId }) => {
      steps.push(`assigned ${generationId}`)
      return Promise.resolve(left-- > 0 ? 'again' : undefined)
    },
  }
  const group = groupOf(hooks, { join: () => void steps.push('join'), fetch: () => Promise.resolve(void steps.push('fetch')) })
  await Promise.all([group.joinAndSync(), group.fetch(0)])
  assert.equal(steps, ['revoked', 'join', 'assigned 1', 'revoked', 'join', 'assigned 2', 'revoked', 'join', 'assigned 3', 'fetch'])
})

test('an error of a hook ends the join as one that is not to be retried, with its cause', async () => {
  const cause = new Error('commit failed')
  for (const hooks of [{ onPartitionsRevoked: () => Promise.reject(cause) }, { onPartitionsAssigned: () => Promise.reject(cause) }]) {
    const error = (await failure(groupOf(hooks).joinAndSync())) as NotRetriable
    assert.instance(error, NotRetriable)
    assert.is(error.cause, cause)
  }
})

test('nothing is fetched during a join', async () => {
  const release = waiter()
  const reached = waiter()
  const group = groupOf({ onPartitionsAssigned: () => (reached.done(), release.promise) })
  const join = group.joinAndSync()
  await reached.promise
  let fetched: readonly unknown[] | undefined
  const fetch = group.fetch(1).then(batches => (fetched = batches))
  await turn()
  await turn()
  assert.is(fetched, undefined)
  release.done()
  await join
  await fetch
  assert.equal(fetched, ['batch'])
})

test('fetches that were in progress when a join began are dropped', async () => {
  const release = waiter()
  const reached = waiter()
  const group = groupOf({}, { fetch: () => (reached.done(), release.promise) })
  const fetch = group.fetch(1)
  await reached.promise
  await group.joinAndSync()
  release.done()
  assert.equal(await fetch, [])
})

test("kafkajs' class has the hooks", () => {
  for (const method of ['joinAndSync', 'fetch'] as const) assert.is.not(String(mended[method]), String(plain[method]))
})

test('an offset out of range is an error with a code; plain kafkajs commits a default', async () => {
  const resets: unknown[] = []
  const log = { info: quiet, error: quiet }
  const group = {
    groupId: 'g',
    assigners: [{}],
    logger: log,
    preferredReadReplicasPerTopicPartition: {},
    offsetManager: { setDefaultOffset: (position: unknown) => Promise.resolve(void resets.push(position)) },
  }
  const where = { topic: 't', partition: 2 }
  const error = (await failure(mended.recoverFromOffsetOutOfRange.call(group, where))) as SluiceError & { retriable: boolean }
  assert.instance(error, SluiceError)
  assert.equal([error.code, error.retriable, resets.length], ['OFFSET_OUT_OF_RANGE', false, 0])
  await plain.recoverFromOffsetOutOfRange.call(group, where)
  assert.equal(resets, [where])
})

test('a hook may return the offset at which to continue', async () => {
  const asked: unknown[] = []
  const sought: unknown[] = []
  const hook: OffsetResetHook = {
    onOffsetOutOfRange: (topic, partition) => {
      asked.push([topic, partition])
      return Promise.resolve(17)
    },
  }
  const group = { groupId: 'g', assigners: [{}, hook], seek: (position: unknown) => void sought.push(position) }
  await mended.recoverFromOffsetOutOfRange.call(group, { topic: 't', partition: 2 })
  assert.equal(asked, [['t', 2]])
  assert.equal(sought, [{ topic: 't', partition: 2, offset: '17' }])
})

test('the whole encoded assignment of each member is kept', async () => {
  class Broker {
    readonly #answer: string
    constructor(answer: string) {
      this.#answer = answer
    }
    syncGroup(_request: { readonly groupId: string }): Promise<{ memberAssignment: Buffer }> {
      return Promise.resolve({ memberAssignment: Buffer.from(this.#answer) })
    }
  }
  keepAssignments(Broker.prototype, Error, assignment => {
    if (String(assignment) === 'broken') throw new RangeError('out of range')
  })
  const encoded: string[] = []
  const hooks: JoinHooks = { onPartitionsAssigned: joined => Promise.resolve(void encoded.push(String(joined.encoded))) }
  for (const answer of ['one', 'two', undefined]) {
    const coordinator = answer === undefined ? undefined : new Broker(answer)
    await Object.assign(groupOf(hooks, { join: () => coordinator?.syncGroup({ groupId: 'group' }).then(quiet) }), {
      coordinator,
    }).joinAndSync()
  }
  assert.equal(encoded, ['one', 'two', ''])
  const failure = await new Broker('broken').syncGroup({ groupId: 'group' }).catch((error: unknown) => error)
  const { cause } = failure as { readonly cause: SluiceError }
  assert.is(cause.code, 'CONFIG_INVALID')
  assert.match(
    cause.message,
    /the leader of consumer group "group" has sent this member an assignment that cannot be read \(out of range\)/,
  )
})

test.run()
