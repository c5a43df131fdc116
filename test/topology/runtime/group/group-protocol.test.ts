import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  checkAssignment,
  decodeAssignment,
  decodeMember,
  decodeTransactionalIds,
  groupProtocol,
  type MemberFacts,
} from '../../../../topology/runtime/group/group-protocol.ts'
import type { Cluster } from '../../../../topology/runtime/kafka/kafka-client.ts'
import { Topology } from '../../../../topology/index.ts'
import { sluice } from '../../../../proto/state-messages.js'
import { stringSerde } from '../../../../records/serde.ts'
import type { SluiceError } from '../../../../base/sluice-error.ts'
import { loadMendedKafkajs } from '../../../../topology/runtime/kafka/kafkajs-mends/index.ts'

const test = suite('group protocol')
const topology = new Topology().addSource('in', 'in', { key: stringSerde, value: stringSerde }).build()

/** What the others read of what a member with these facts sends; nobody is asked for that. */
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

test('what a member tells of itself arrives whole, zeros and empty lists too', () => {
  fc.assert(fc.property(facts, given => assert.equal(told(given), given)))
})

test('a member that holds nothing says so', () => {
  const given = { instance: 'i', host: 'h', port: 0, stores: [], tasks: [], active: [] }
  assert.equal(told(given), { ...given, held: [], peerPort: 0, boot: '', network: '', transactionalId: '' })
})

test('a member of another kind tells nothing', () => {
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

/** What a leader that runs the topology gives each, of topics with two partitions. */
async function given(running: Topology, group: Readonly<Record<string, Buffer>>): Promise<Map<string, Buffer>> {
  const cluster = { findTopicPartitionMetadata: () => [{}, {}] } as unknown as Cluster
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

test('a member of a former build that reads the same is given its share', async () => {
  const own = reading('a+b')
  const shares = await given(own, { new: memberOf(own), old: formerMember('b', 'a') })
  assert.equal([...shares.values()].map(tasksGiven), [2, 2])
  assert.is(refusal(own, shares.get('new')), undefined)
})

test('each member is told the ids of the transactions of all', async () => {
  const own = reading('a')
  const tells = (transactionalId: string): Buffer => memberOf(own, { ...me, transactionalId })
  const shares = await given(own, { one: tells('app-thread/1'), two: tells('app-thread/2'), old: memberOf(own) })
  for (const assignment of shares.values()) assert.equal(decodeTransactionalIds(assignment).toSorted(), ['app-thread/1', 'app-thread/2'])
})

test('members that differ in stores and outputs alone run the same application', async () => {
  const own = reading('a')
  const upgraded = reading('a').addSink('out', 'out', texts, 'a')
  const shares = await given(own, { one: memberOf(own), two: memberOf(upgraded) })
  assert.equal([...shares.values()].map(tasksGiven), [1, 1])
  for (const assignment of shares.values()) assert.is(refusal(upgraded, assignment), undefined)
})

const others: readonly [string, Buffer, Topology, RegExp][] = [
  ['other topics', memberOf(reading('c')), reading('c'), /read a, b; this one reads c\./],
  ['one topic more', memberOf(reading('a', 'b', 'c')), reading('a', 'b', 'c'), /read a, b; this one reads a, b, c\./],
  ['the same topics, joined', memberOf(reading('a+b')), reading('a+b'), /read a, b; this one reads a, b, joined differently \(0:a,b\)\./],
  ['other topics, of a former build', formerMember('c'), reading('c'), /read a, b; this one reads c\./],
]
for (const [name, metadata, theirs, told] of others) {
  test(`a member that reads something else gets nothing but the reason, and the leader keeps all: ${name}`, async () => {
    const own = reading('a', 'b')
    const shares = await given(own, { one: memberOf(own), two: metadata })
    assert.equal([...shares.values()].map(tasksGiven), [4, 0])
    assert.is(refusal(own, shares.get('one')), undefined)
    const refused = refusal(theirs, shares.get('two'))
    assert.is(refused?.code, 'CONFIG_INVALID')
    assert.match(refused?.message ?? '', told)
  })
}

test('a leader of a former build that runs something else is found out by what it assigns', () => {
  const assigned = loadMendedKafkajs().AssignerProtocol.MemberAssignment.encode({
    version: 1,
    assignment: { a: [0], b: [0] },
    userData: Buffer.alloc(0),
  })
  assert.match(refusal(reading('c'), assigned)?.message ?? '', 'read a, b; this one reads c.')
  assert.is(refusal(reading('a', 'b', 'c'), assigned), undefined)
})

test.run()
