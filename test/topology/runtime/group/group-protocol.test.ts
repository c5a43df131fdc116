import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  checkAssignment,
  decodeAssignment,
  decodeMember,
  decodeSubTopologies,
  decodeTransactionalIds,
  groupProtocol,
  type MemberFacts,
} from '../../../../topology/runtime/group/group-protocol.ts'
import type { Cluster } from '../../../../topology/runtime/kafka/kafka-client.ts'
import { Topology } from '../../../../topology/index.ts'
import { keyValueStore } from '../../../../stores/index.ts'
import { sluice } from '../../../../proto/state-messages.js'
import { stringSerde } from '../../../../records/serde.ts'
import type { SluiceError } from '../../../../base/sluice-error.ts'
import { loadMendedKafkajs } from '../../../../topology/runtime/kafka/kafkajs-mends/index.ts'

const test = suite('group protocol')
const topology = new Topology().addSource('in', 'in', { key: stringSerde, value: stringSerde }).build()

/** What the others decode from the data that a member with these facts sends; no broker is involved. */
function told(facts: MemberFacts): MemberFacts | undefined {
  const assigner = groupProtocol(topology, () => facts, {})({ cluster: {} as Cluster, groupId: 'group', logger: undefined as never })
  return decodeMember(assigner.protocol({ topics: ['in'] }).metadata)
}

const names = fc.array(fc.string(), { maxLength: 5 })
const plain = { noNullPrototype: true }
const facts = fc.record(
  {
    instance: fc.string({ minLength: 1 }),
    host: fc.string(),
    port: fc.nat(65_535),
    stores: names,
    tasks: names,
    active: names,
    held: fc.array(fc.record({ task: fc.string(), position: fc.nat(Number.MAX_SAFE_INTEGER) }, plain)),
    peerPort: fc.nat(65_535),
    boot: fc.string(),
    network: fc.string(),
    transactionalId: fc.string(),
  },
  plain,
)

test('the facts of a member are decoded completely, including zeros and empty lists', () => {
  fc.assert(fc.property(facts, given => assert.equal(told(given), given)))
})

test('a member without open tasks says so', () => {
  const given = { instance: 'i', host: 'h', port: 0, stores: [], tasks: [], active: [] }
  assert.equal(told(given), { ...given, held: [], peerPort: 0, boot: '', network: '', transactionalId: '' })
})

test('a member of another protocol has no facts', () => {
  assert.is(decodeMember(Buffer.alloc(0)), undefined)
  assert.is(decodeMember(Buffer.from('something else')), undefined)
})

const texts = { key: stringSerde, value: stringSerde }
const reading = (...inputs: string[]) => {
  const built = new Topology()
  for (const input of inputs) built.addSource(input, input.split('+'), texts)
  return built
}
const members = loadMendedKafkajs().AssignerProtocol.MemberMetadata
const me = { instance: 'i', host: 'h', port: 0, stores: [], tasks: [], active: [] }

/** As a member of that topology tells of itself. */
function memberOf(running: Topology, facts: MemberFacts = me): Buffer {
  const definition = running.build()
  const topics = definition.subTopologies.flatMap(({ sourceTopics }) => sourceTopics)
  const assigner = groupProtocol(definition, () => facts, {})({ cluster: {} as Cluster, groupId: 'group', logger: undefined as never })
  return assigner.protocol({ topics }).metadata
}

/** As members of builds did that do not tell what they run. */
function formerMember(...topics: string[]): Buffer {
  return members.encode({ version: 1, topics, userData: Buffer.from(sluice.MemberInfo.encode(me).finish()) })
}

/** A cluster that has the topics with two partitions each, except those that it does not know; the topics that this client reads were added to it. */
function clusterWith(running: Topology, missing: readonly string[] = []): Cluster {
  const own = running.build().subTopologies.flatMap(({ sourceTopics }) => sourceTopics)
  const broker = {
    describeTopics: (topics: readonly string[]) =>
      Promise.resolve(topics.map(topic => ({ topic, topicErrorCode: 0, partitionMetadata: missing.includes(topic) ? [] : [{}, {}] }))),
  }
  return {
    findTopicPartitionMetadata: (topic: string) => (own.includes(topic) ? [{}, {}] : []),
    brokerPool: { findConnectedBroker: () => Promise.resolve(broker) },
  } as unknown as Cluster
}

/** What a leader that runs the topology gives each, of topics with two partitions. */
async function given(
  running: Topology,
  group: Readonly<Record<string, Buffer>>,
  missing: readonly string[] = [],
): Promise<Map<string, Buffer>> {
  const cluster = clusterWith(running, missing)
  const assigner = groupProtocol(running.build(), () => me, {})({ cluster, groupId: 'group', logger: undefined as never })
  const all = Object.entries(group).map(([memberId, memberMetadata]) => ({ memberId, memberMetadata }))
  const assigned = await assigner.assign({ members: all, topics: [] })
  return new Map(assigned.map(({ memberId, memberAssignment }) => [memberId, memberAssignment]))
}

const tasksGiven = (assignment: Buffer | undefined): number => Object.values(decodeAssignment(assignment as Buffer)).flat().length

function refusal(running: Topology, assignment: Buffer | undefined): SluiceError | undefined {
  try {
    checkAssignment(running.build(), 'group', assignment as Buffer)
    return undefined
  } catch (error) {
    return error as SluiceError
  }
}

test('a member of an older build with the same inputs gets its share', async () => {
  const own = reading('a+b')
  const shares = await given(own, { new: memberOf(own), old: formerMember('b', 'a') })
  assert.equal([...shares.values()].map(tasksGiven), [2, 2])
  assert.is(refusal(own, shares.get('new')), undefined)
})

test('each member gets the transactional ids of all', async () => {
  const own = reading('a')
  const tells = (transactionalId: string): Buffer => memberOf(own, { ...me, transactionalId })
  const shares = await given(own, { one: tells('app-thread/1'), two: tells('app-thread/2'), old: memberOf(own) })
  for (const assignment of shares.values()) assert.equal(decodeTransactionalIds(assignment).toSorted(), ['app-thread/1', 'app-thread/2'])
})

test('members that differ only in stores and outputs run the same application', async () => {
  const own = reading('a')
  const upgraded = reading('a').addSink('out', 'out', texts, 'a')
  const shares = await given(own, { one: memberOf(own), two: memberOf(upgraded) })
  assert.equal([...shares.values()].map(tasksGiven), [1, 1])
  for (const assignment of shares.values()) assert.is(refusal(upgraded, assignment), undefined)
})

const others: readonly [string, Buffer, Topology, RegExp][] = [
  ['other topics', memberOf(reading('c')), reading('c'), /read a, b; this one reads c\./],
  ['other topics, of a former build', formerMember('c'), reading('c'), /read a, b; this one reads c\./],
  [
    'a topic more, of a build that does not tell how they are joined',
    formerMember('a', 'c'),
    reading('c'),
    /read a, b; this one reads a, c\./,
  ],
]
for (const [name, metadata, theirs, told] of others) {
  test(`a member with other inputs gets only the reason, and the leader keeps all tasks: ${name}`, async () => {
    const own = reading('a', 'b')
    const shares = await given(own, { one: memberOf(own), two: metadata })
    assert.equal([...shares.values()].map(tasksGiven), [4, 0])
    assert.is(refusal(own, shares.get('one')), undefined)
    const refused = refusal(theirs, shares.get('two'))
    assert.is(refused?.code, 'CONFIG_INVALID')
    assert.match(refused?.message ?? '', told)
  })
}

/** What each is assigned, as "topic:partitions" in order. */
function inputs(shares: ReadonlyMap<string, Buffer>): Record<string, string> {
  const shown = (assignment: Buffer): string =>
    Object.entries(decodeAssignment(assignment))
      .map(([topic, partitions]) => `${topic}:${partitions.toSorted((a, b) => a - b).join('')}`)
      .sort()
      .join(' ')
  return Object.fromEntries([...shares].map(([id, assignment]) => [id, shown(assignment)]))
}

const running = (facts: readonly string[]): MemberFacts => ({ ...me, active: facts })
const versions: readonly [string, Topology, Topology, Record<string, string>][] = [
  ['adds a sub-topology', reading('a'), reading('a', 'b'), { old: 'a:0', new: 'a:1 b:01' }],
  ['removes one', reading('a', 'b'), reading('a'), { old: 'a:0 b:01', new: 'a:1' }],
  ['reads another topic instead of one, under another id', reading('a', 'b'), reading('a', 'b+c'), { old: 'a:0 b:01', new: 'a:1' }],
  ['joins what was apart', reading('a', 'b'), reading('a+b'), { old: 'a:01 b:01', new: '' }],
  ['parts what was joined', reading('a+b'), reading('a', 'b'), { old: 'a:01 b:01', new: '' }],
  ['reads the same under another id', reading('a'), reading('b', 'a'), { old: 'a:01', new: '' }],
  ['has another one under the same id', reading('a', 'b'), reading('c', 'b'), { old: 'a:01 b:0', new: 'b:1' }],
]
for (const [name, first, second, expected] of versions) {
  test(`a new version that ${name}: each member runs its sub-topologies, conflicting ones wait for the old version, whoever leads`, async () => {
    const ran = first.build().subTopologies.flatMap(({ id }) => [`${id}_0`, `${id}_1`])
    const group = { old: memberOf(first, running(ran)), new: memberOf(second) }
    for (const leader of [first, second]) {
      const shares = await given(leader, group)
      const shown = inputs(shares)
      // Which of its two tasks a member keeps where both run the same is the assignor's.
      assert.equal(
        Object.keys(shown).map(id => shown[id]?.replace(/a:[01]( |$)/, 'a:$1')),
        Object.keys(expected).map(id => expected[id]?.replace(/a:[01]( |$)/, 'a:$1')),
      )
      assert.is(refusal(first, shares.get('old')), undefined)
      assert.is(refusal(second, shares.get('new')), undefined)
      assert.ok(decodeSubTopologies(shares.get('new') as Buffer).length > 0, 'each is told who runs what')
    }
    const alone = await given(second, { new: memberOf(second) })
    const all = second.build().subTopologies.flatMap(({ sourceTopics }) => sourceTopics.map(topic => `${topic}:01`))
    assert.is(inputs(alone)['new'], all.toSorted().join(' '))
    assert.equal(decodeSubTopologies(alone.get('new') as Buffer), [])
  })
}

test('a sub-topology waits for another that writes the changelog of one of its stores', async () => {
  const keeping = (...topics: string[]): Topology => {
    const built = reading(...topics, 'same').addProcessor('p', () => ({ process: () => undefined }), topics[0] as string)
    return built.addStateStore(keyValueStore({ name: 'counts', key: stringSerde, value: stringSerde }), 'p')
  }
  const [first, second] = [keeping('a'), keeping('b', 'x')]
  const group = { old: memberOf(first, running(['0_0', '0_1'])), new: memberOf(second) }
  for (const leader of [first, second]) {
    const shares = await given(leader, group)
    assert.is(inputs(shares)['old']?.includes('a:01'), true)
    assert.is(inputs(shares)['new']?.includes('b'), false)
    const told = decodeSubTopologies(shares.get('new') as Buffer).find(({ reads }) => reads === '0:b')
    assert.equal(told?.waitsFor, ['0:a'])
  }
})

test('a sub-topology with unknown inputs is not assigned', async () => {
  const shares = await given(reading('a'), { old: memberOf(reading('a')), new: memberOf(reading('a', 'b')) }, ['b'])
  assert.equal([...shares.values()].map(tasksGiven), [1, 1])
})

test('a third version without common inputs with the first belongs to it through the second', async () => {
  const [first, second, third] = [reading('a'), reading('a', 'b'), reading('b', 'c')]
  const shares = await given(first, { one: memberOf(first), two: memberOf(second), three: memberOf(third) })
  for (const [id, own] of [['one', first] as const, ['two', second] as const, ['three', third] as const])
    assert.is(refusal(own, shares.get(id)), undefined)
})

const topicLists = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'a+b', 'c+d', 'b+c'), { minLength: 1, maxLength: 4 })
const topologies = topicLists
  .map(lists =>
    lists.filter((list, at) => !lists.slice(0, at).some(before => before.split('+').some(topic => list.split('+').includes(topic)))),
  )
  .map(lists => lists.map(list => list.split('+')))

test('any versions together: no input is read twice, no member gets an unknown task, and all leaders agree', async () => {
  const group = fc.array(fc.record({ lists: topologies, ran: fc.subarray(['0_0', '0_1', '1_0', '1_1', '2_0']) }), {
    minLength: 1,
    maxLength: 5,
  })
  await fc.assert(
    fc.asyncProperty(group, async told => {
      const all = told.map(({ lists, ran }) => {
        const own = reading('same', ...lists.map(list => list.join('+')))
        return { own, metadata: memberOf(own, running(ran)) }
      })
      const sent = Object.fromEntries(all.map(({ metadata }, at) => [`m${at}`, metadata]))
      let before: Record<string, string> | undefined
      for (const { own } of all) {
        const shares = await given(own, sent)
        before ??= inputs(shares)
        assert.equal(inputs(shares), before)
        const read = [...shares.values()].flatMap(share =>
          Object.entries(decodeAssignment(share)).flatMap(([topic, partitions]) => partitions.map(partition => `${topic}-${partition}`)),
        )
        assert.is(new Set(read).size, read.length, read.join())
        for (const [at, { own: theirs }] of all.entries()) assert.is(refusal(theirs, shares.get(`m${at}`)), undefined)
      }
    }),
    { numRuns: 50 },
  )
})

test('a leader of an older build with another application is recognized by its assignment', () => {
  const assigned = loadMendedKafkajs().AssignerProtocol.MemberAssignment.encode({
    version: 1,
    assignment: { a: [0], b: [0] },
    userData: Buffer.alloc(0),
  })
  assert.match(refusal(reading('c'), assigned)?.message ?? '', 'read a, b; this one reads c.')
  assert.is(refusal(reading('a', 'b', 'c'), assigned), undefined)
})

test('an assignment that cannot be read is refused with what to do, wherever it is broken', () => {
  const { MemberAssignment } = loadMendedKafkajs().AssignerProtocol
  const userData = Buffer.from([0x0a, 0x7f])
  const whole = MemberAssignment.encode({ version: 1, assignment: { a: [0] }, userData })
  for (const broken of [whole, whole.subarray(0, 9)]) {
    const refused = refusal(reading('a'), broken)
    assert.is(refused?.code, 'CONFIG_INVALID')
    assert.match(refused?.message ?? '', /the leader of consumer group "group" has sent this member an assignment that cannot be read/)
  }
})

test('an assignment that is no whole task of this topology is refused, not ignored', () => {
  const assigned = loadMendedKafkajs().AssignerProtocol.MemberAssignment.encode({
    version: 1,
    assignment: { a: [0], b: [1] },
    userData: Buffer.alloc(0),
  })
  assert.is(refusal(reading('a+b'), assigned)?.code, 'CONFIG_INVALID')
})

test.run()
