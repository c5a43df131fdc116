import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeMember, groupProtocol, type MemberFacts } from '../../../topology/runtime/group-protocol.ts'
import type { Cluster } from '../../../topology/runtime/kafka-clients.ts'
import { Topology } from '../../../topology/index.ts'
import { stringSerde } from '../../../proto/serde.ts'

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
  },
  plain,
)

test('what a member tells of itself arrives whole, zeros and empty lists too', () => {
  fc.assert(fc.property(facts, given => assert.equal(told(given), given)))
})

test('a member that holds nothing says so', () => {
  const given = { instance: 'i', host: 'h', port: 0, stores: [], tasks: [], active: [] }
  assert.equal(told(given), { ...given, held: [], peerPort: 0, boot: '', network: '' })
})

test('a member of another kind tells nothing', () => {
  assert.is(decodeMember(Buffer.alloc(0)), undefined)
  assert.is(decodeMember(Buffer.from('something else')), undefined)
})

test.run()
