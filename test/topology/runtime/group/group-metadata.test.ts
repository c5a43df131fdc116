import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../../../proto/state-messages.js'
import { bytesSerde } from '../../../../records/index.ts'
import { Topology } from '../../../../topology/index.ts'
import { GroupMetadata } from '../../../../topology/runtime/group/group-metadata.ts'
import type { Admin } from '../../../../topology/runtime/kafka/kafka-client.ts'
import { loadMendedKafkajs } from '../../../../topology/runtime/kafka/kafkajs-mends/index.ts'

const test = suite('the members of the group')
const { MemberAssignment, MemberMetadata } = loadMendedKafkajs().AssignerProtocol
const topology = new Topology().addSource('in', 'in', { key: bytesSerde, value: bytesSerde }).build('app')

function member(instance: string, memberAssignment: Buffer): { readonly memberMetadata: Buffer; readonly memberAssignment: Buffer } {
  const userData = Buffer.from(sluice.MemberInfo.encode({ instance, host: 'h', port: 1 }).finish())
  return { memberMetadata: MemberMetadata.encode({ version: 1, topics: ['in'], userData }), memberAssignment }
}

test('one whose assignment cannot be read has no tasks, and the others are seen as they are', async () => {
  const good = MemberAssignment.encode({ version: 1, assignment: { in: [2] }, userData: Buffer.alloc(0) })
  const badUserData = MemberAssignment.encode({ version: 1, assignment: { in: [1] }, userData: Buffer.from([255]) })
  const members = [member('a', Buffer.from([0, 1, 255, 255])), member('b', badUserData), member('c', good)]
  const admin = { describeGroups: () => Promise.resolve({ groups: [{ members }] }) } as unknown as Admin
  const seen = await new GroupMetadata(admin, 'group', topology, 0).instances()
  assert.equal(
    seen.map(({ instance, activeTasks }) => [instance, activeTasks]),
    [
      ['a', []],
      ['b', []],
      ['c', ['0_2']],
    ],
  )
})

test.run()
