import { array, bool, int16, int32, int64, nullableString, since, string, struct } from './kinds.ts'
import { throttle } from './log-messages.ts'

/** Requests to the coordinators of transactional ids. */
const topicPartitions = array(struct({ name: string, partitions: array(int32) }))

export const initProducerId = {
  request: struct({
    transactionalId: nullableString,
    timeoutMs: int32,
    producerId: since(3, int64, -1),
    epoch: since(3, int16, -1),
  }),
  response: struct({ throttle, error: int16, producerId: int64, epoch: int16 }),
}

export const addPartitionsToTxn = {
  request: struct({ transactionalId: string, producerId: int64, epoch: int16, topics: topicPartitions }),
  response: struct({
    throttle,
    topics: array(struct({ name: string, partitions: array(struct({ index: int32, error: int16 })) })),
  }),
}

export const addOffsetsToTxn = {
  request: struct({ transactionalId: string, producerId: int64, epoch: int16, groupId: string }),
  response: struct({ throttle, error: int16 }),
}

export const endTxn = {
  request: struct({ transactionalId: string, producerId: int64, epoch: int16, committed: bool }),
  response: struct({ throttle, error: int16, producerId: since(5, int64, -1), epoch: since(5, int16, -1) }),
}

export const describeTransactions = {
  request: struct({ transactionalIds: array(string) }),
  response: struct({
    throttle,
    transactions: array(
      struct({
        error: int16,
        transactionalId: string,
        state: string,
        timeoutMs: int32,
        startedAt: int64,
        producerId: int64,
        epoch: int16,
        topics: topicPartitions,
      }),
    ),
  }),
}

export const listTransactions = {
  request: struct({ states: array(string), producerIds: array(int64) }),
  response: struct({
    throttle,
    error: int16,
    unknownStates: array(string),
    transactions: array(struct({ transactionalId: string, producerId: int64, state: string })),
  }),
}

export const describeProducers = {
  request: struct({ topics: topicPartitions }),
  response: struct({
    throttle,
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            index: int32,
            error: int16,
            message: nullableString,
            producers: array(
              struct({ producerId: int64, epoch: int32, lastSequence: int32, lastAt: int64, coordinatorEpoch: int32, openFrom: int64 }),
            ),
          }),
        ),
      }),
    ),
  }),
}
