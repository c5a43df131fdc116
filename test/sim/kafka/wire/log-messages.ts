import {
  array,
  bool,
  constant,
  int16,
  int32,
  int64,
  int8,
  nullableArray,
  nullableBytes,
  nullableString,
  pieces,
  since,
  string,
  struct,
  uuid,
} from './kinds.ts'

/** Requests about the records of topics, and where the topics are. */
export const throttle = constant(int32, 0)
export const throttleSince = (version: number) => constant(since(version, int32, 0), 0)

export const produce = {
  request: struct({
    transactionalId: nullableString,
    acks: int16,
    timeoutMs: int32,
    topics: array(struct({ name: string, partitions: array(struct({ index: int32, records: nullableBytes })) })),
  }),
  response: struct({
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            index: int32,
            error: int16,
            baseOffset: int64,
            logAppendTime: constant(int64, -1),
            logStart: since(5, int64, -1),
            recordErrors: constant(since(8, array(struct({ index: int32, message: nullableString })), []), []),
            message: since(8, nullableString, null),
          }),
        ),
      }),
    ),
    throttle,
  }),
}

export const fetch = {
  request: struct({
    replicaId: int32,
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: int32,
    isolation: int8,
    sessionId: since(7, int32, 0),
    sessionEpoch: since(7, int32, -1),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            index: int32,
            leaderEpoch: since(9, int32, -1),
            offset: int64,
            logStart: since(5, int64, -1),
            maxBytes: int32,
          }),
        ),
      }),
    ),
    forgotten: since(7, array(struct({ name: string, partitions: array(int32) })), []),
    rack: since(11, string, ''),
  }),
  response: struct({
    throttle,
    error: constant(since(7, int16, 0), 0),
    sessionId: constant(since(7, int32, 0), 0),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            index: int32,
            error: int16,
            highWatermark: int64,
            lastStable: int64,
            logStart: since(5, int64, 0),
            aborted: nullableArray(struct({ producerId: int64, firstOffset: int64 })),
            preferredReplica: constant(since(11, int32, -1), -1),
            records: pieces,
          }),
        ),
      }),
    ),
  }),
}

export const listOffsets = {
  request: struct({
    replicaId: int32,
    isolation: since(2, int8, 0),
    topics: array(
      struct({ name: string, partitions: array(struct({ index: int32, leaderEpoch: since(4, int32, -1), timestamp: int64 })) }),
    ),
  }),
  response: struct({
    throttle: throttleSince(2),
    topics: array(
      struct({
        name: string,
        partitions: array(struct({ index: int32, error: int16, timestamp: int64, offset: int64, leaderEpoch: since(4, int32, -1) })),
      }),
    ),
  }),
}

export const deleteRecords = {
  request: struct({
    topics: array(struct({ name: string, partitions: array(struct({ index: int32, offset: int64 })) })),
    timeoutMs: int32,
  }),
  response: struct({
    throttle,
    topics: array(struct({ name: string, partitions: array(struct({ index: int32, lowWatermark: int64, error: int16 })) })),
  }),
}

const noRights = -2_147_483_648

export const metadata = {
  request: struct({
    topics: nullableArray(struct({ id: since(10, uuid, Buffer.alloc(16)), name: nullableString })),
    createsTopics: since(4, bool, true),
    clusterRights: since(8, bool, false),
    topicRights: since(8, bool, false),
  }),
  response: struct({
    throttle: throttleSince(3),
    brokers: array(struct({ id: int32, host: string, port: int32, rack: constant(since(1, nullableString, null), null) })),
    clusterId: since(2, nullableString, null),
    controller: since(1, int32, -1),
    topics: array(
      struct({
        error: int16,
        name: string,
        id: since(10, uuid, Buffer.alloc(16)),
        internal: since(1, bool, false),
        partitions: array(
          struct({
            error: int16,
            index: int32,
            leader: int32,
            leaderEpoch: since(7, int32, -1),
            replicas: array(int32),
            isr: array(int32),
            offline: since(5, array(int32), []),
          }),
        ),
        rights: constant(since(8, int32, 0), noRights),
      }),
    ),
    rights: constant(since(8, int32, 0), noRights),
  }),
}
