import { decodeMember } from '../../topology/runtime/group/group-protocol.ts'
import { decodeTold } from '../../topology/runtime/group/member-topology.ts'
import { GroupMetadata } from '../../topology/runtime/group/group-metadata.ts'
import { decodeCommitNote, decodeOffsetNote, encodeOffsetNote } from '../../topology/runtime/group/commit-mark.ts'
import { loadMendedKafkajs } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import type { Admin } from '../../topology/runtime/kafka/kafka-client.ts'
import { sluice } from '../../proto/state-messages.js'
import { bytesSerde } from '../../records/index.ts'
import { Topology } from '../../topology/index.ts'
import type { FuzzKind, FuzzTarget, Outcome } from './fuzz-target.ts'
import { type Dice, mutateBytes, mutated, mutateProtobuf, mutateText } from './mutate.ts'

const bytes = { key: bytesSerde, value: bytesSerde }
const topology = new Topology().addSource('in', 'in', bytes).addSink('out', 'out', bytes, 'in').build('app')
const { MemberMetadata, MemberAssignment } = loadMendedKafkajs().AssignerProtocol
const userData = Buffer.from(
  sluice.MemberInfo.encode({ instance: 'i', host: 'h', port: 1, stores: ['s'], tasks: ['0_0'], active: ['0_1'] }).finish(),
)
const standbys = Buffer.from(sluice.AssignedStandbys.encode({ tasks: ['0_1'], transactionalIds: ['t'] }).finish())
const note = encodeOffsetNote({
  mark: { since: 5, number: 6 },
  topicId: 'id',
  stores: ['a', 'b'],
  changelogs: ['x', 'y'],
})

/** What other members of the group may say: their metadata, the leader's assignment, and the metadata of committed offsets. */
class MemberTarget implements FuzzTarget {
  async attack(dice: Dice): Promise<Outcome> {
    const within = dice.below(2) === 0
    const metadata = MemberMetadata.encode({ version: 1, topics: ['in'], userData: within ? changed(userData, dice) : userData })
    const assigned = { version: 1, assignment: { in: [0, 1] }, userData: within ? changed(standbys, dice) : standbys }
    const assignment = MemberAssignment.encode(assigned)
    const [memberMetadata, memberAssignment] = within
      ? [metadata, assignment]
      : [Buffer.from(mutated(metadata, mutateBytes, dice)), Buffer.from(mutated(assignment, mutateBytes, dice))]
    const group = new GroupMetadata(adminOf(memberMetadata, memberAssignment), 'group', topology, 0)
    const instances = await group.instances()
    if (!instances.some(({ instance }) => instance === 'good')) throw new Error('another member is not seen any more')
    const text = Buffer.from(mutated(Buffer.from(note ?? ''), mutateText, dice)).toString('utf8')
    decodeOffsetNote(text)
    decodeCommitNote(
      Buffer.from(
        mutated(Buffer.from('{"commit":[1,2],"exact":true,"inputs":[["in",3,"id"]],"stores":[["s","id"],["t",null]]}'), mutateText, dice),
      ).toString(),
    )
    decodeMember(memberMetadata)
    decodeTold(memberMetadata)
    return instances.length === 2 ? 'taken' : 'refused'
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

function changed(bytes: Uint8Array, dice: Dice): Buffer {
  return Buffer.from(mutated(bytes, mutateProtobuf, dice))
}

/** A coordinator that describes a good member and a hostile one. */
function adminOf(memberMetadata: Buffer, memberAssignment: Buffer): Admin {
  const good = {
    memberMetadata: MemberMetadata.encode({
      version: 1,
      topics: ['in'],
      userData: Buffer.from(sluice.MemberInfo.encode({ instance: 'good', host: 'h', port: 1 }).finish()),
    }),
    memberAssignment: MemberAssignment.encode({ version: 1, assignment: { in: [2] }, userData: standbys }),
  }
  const groups = [{ members: [{ memberMetadata, memberAssignment }, good] }]
  return { describeGroups: () => Promise.resolve({ groups }) } as unknown as Admin
}

export const members: FuzzKind = { mostMs: 5000, open: () => Promise.resolve(new MemberTarget()) }
