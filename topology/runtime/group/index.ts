// The consumer group: member metadata, the assignment of tasks, committed offsets.
// Assignment is pure: the same input gives the same result on every member.
// Not here: joining; the Kafka client does that.
export { refuseAddedPartitions } from './added-partitions.ts'
export { waitForCommittedOffsets } from './committed-offsets.ts'
export {
  type CommitMark,
  type CommitNote,
  compareMarks,
  decodeCommitNote,
  decodeOffsetNote,
  encodeCommitNote,
  encodeOffsetNote,
  type OffsetNote,
} from './commit-mark.ts'
export { type ConsumedOffset, offsetsByTopic } from './consumed-offset.ts'
export { DivisionLog, movedSubTopologies } from './division-log.ts'
export { fetchedOffsets, type FetchedOffset, type OffsetsAsked } from './fetched-offsets.ts'
export { GroupMetadata } from './group-metadata.ts'
export {
  type HeldTask,
  type MemberFacts,
  type TopicPartitions,
  checkAssignment,
  decodeMember,
  decodeStandbys,
  decodeTransactionalIds,
  groupProtocol,
  tasksOf,
} from './group-protocol.ts'
export { checkMembers } from './member-topology.ts'
export { MembershipLease } from './membership-lease.ts'
export type { ThreadMembership } from './membership.ts'
export { goneMember } from './gone-member.ts'
export { OffsetCommits, type OffsetsOfMember } from './offset-commits.ts'
export { type CommittedInput, type ReplacedInput, inputTopics } from './replaced-inputs.ts'
