import {
  array,
  bool,
  bytes,
  constant,
  int16,
  int32,
  int64,
  int8,
  nullableArray,
  nullableString,
  since,
  string,
  struct,
  until,
} from './kinds.ts'
import { throttle, throttleSince } from './log-messages.ts'

/** Requests to the coordinators of groups. */
const instanceSince = (version: number) => since<string | null>(version, nullableString, null)
const noInstanceSince = (version: number) => constant(since<string | null>(version, nullableString, null), null)

export const findCoordinator = {
  request: struct({ key: string, type: since(1, int8, 0) }),
  response: struct({
    throttle: throttleSince(1),
    error: int16,
    message: since(1, nullableString, null),
    node: int32,
    host: string,
    port: int32,
  }),
}

export const joinGroup = {
  request: struct({
    groupId: string,
    sessionTimeoutMs: int32,
    rebalanceTimeoutMs: since(1, int32, -1),
    memberId: string,
    instanceId: instanceSince(5),
    protocolType: string,
    protocols: array(struct({ name: string, metadata: bytes })),
  }),
  response: struct({
    throttle: throttleSince(2),
    error: int16,
    generation: int32,
    protocol: string,
    leader: string,
    memberId: string,
    members: array(struct({ memberId: string, instanceId: noInstanceSince(5), metadata: bytes })),
  }),
}

export const syncGroup = {
  request: struct({
    groupId: string,
    generation: int32,
    memberId: string,
    instanceId: instanceSince(3),
    assignments: array(struct({ memberId: string, assignment: bytes })),
  }),
  response: struct({ throttle: throttleSince(1), error: int16, assignment: bytes }),
}

export const heartbeat = {
  request: struct({ groupId: string, generation: int32, memberId: string, instanceId: instanceSince(3) }),
  response: struct({ throttle: throttleSince(1), error: int16 }),
}

export const leaveGroup = {
  request: struct({
    groupId: string,
    memberId: until(2, string, ''),
    members: since(3, array(struct({ memberId: string, instanceId: nullableString })), []),
  }),
  response: struct({
    throttle: throttleSince(1),
    error: int16,
    members: since(3, array(struct({ memberId: string, instanceId: nullableString, error: int16 })), []),
  }),
}

export const describeGroups = {
  request: struct({ groups: array(string), rights: since(3, bool, false) }),
  response: struct({
    throttle: throttleSince(1),
    groups: array(
      struct({
        error: int16,
        groupId: string,
        state: string,
        protocolType: string,
        protocol: string,
        members: array(struct({ memberId: string, clientId: string, clientHost: string, metadata: bytes, assignment: bytes })),
      }),
    ),
  }),
}

export const listGroups = {
  request: struct({}),
  response: struct({
    throttle: throttleSince(1),
    error: int16,
    groups: array(struct({ groupId: string, protocolType: string })),
  }),
}

export const deleteGroups = {
  request: struct({ groups: array(string) }),
  response: struct({ throttle, results: array(struct({ groupId: string, error: int16 })) }),
}

const partitionErrors = array(struct({ name: string, partitions: array(struct({ index: int32, error: int16 })) }))

export const offsetCommit = {
  request: struct({
    groupId: string,
    generation: int32,
    memberId: string,
    retentionMs: until(4, int64, -1),
    instanceId: instanceSince(7),
    topics: array(
      struct({
        name: string,
        partitions: array(struct({ index: int32, offset: int64, leaderEpoch: since(6, int32, -1), metadata: nullableString })),
      }),
    ),
  }),
  response: struct({ throttle: throttleSince(3), topics: partitionErrors }),
}

export const txnOffsetCommit = {
  request: struct({
    transactionalId: string,
    groupId: string,
    producerId: int64,
    epoch: int16,
    generation: since(3, int32, -1),
    memberId: since(3, string, ''),
    instanceId: instanceSince(3),
    topics: array(
      struct({
        name: string,
        partitions: array(struct({ index: int32, offset: int64, leaderEpoch: since(2, int32, -1), metadata: nullableString })),
      }),
    ),
  }),
  response: struct({ throttle, topics: partitionErrors }),
}

export const offsetFetch = {
  request: struct({
    groupId: string,
    topics: nullableArray(struct({ name: string, partitions: array(int32) })),
    requireStable: since(7, bool, false),
  }),
  response: struct({
    throttle: throttleSince(3),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({ index: int32, offset: int64, leaderEpoch: since(5, int32, -1), metadata: nullableString, error: int16 }),
        ),
      }),
    ),
    error: since(2, int16, 0),
  }),
}
