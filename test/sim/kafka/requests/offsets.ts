import { type Cluster, errors } from '../cluster/index.ts'
import type { Handler } from './handlers.ts'

const latest = -1
const earliest = -2

/** Where partitions begin and end, and where a time is. */
export function makeListOffsets(cluster: Cluster): Handler<'listOffsets'> {
  return (body, { broker }, respond) => {
    const topics = body.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index, timestamp }) => {
        const partition = cluster.partition(name, index)
        const leaderEpoch = partition?.leaderEpoch ?? -1
        const answer = (error: number, offset: number, at = -1) => ({ index, error, offset, timestamp: at, leaderEpoch })
        const refused = cluster.leaderRefusal(partition, broker)
        if (partition === undefined || refused !== errors.none) return answer(refused, -1)
        const { log } = partition
        const limit = body.isolation === 1 ? log.lastStable() : log.highWatermark
        if (timestamp === latest) return answer(errors.none, limit)
        if (timestamp === earliest) return answer(errors.none, log.start)
        const found = log.offsetAtTime(timestamp, limit)
        return answer(errors.none, found?.offset ?? -1, found?.timestamp ?? -1)
      }),
    }))
    respond({ topics })
  }
}

export function makeDeleteRecords(cluster: Cluster): Handler<'deleteRecords'> {
  return (body, { broker }, respond) => {
    const topics = body.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index, offset }) => {
        const partition = cluster.partition(name, index)
        const refused = cluster.leaderRefusal(partition, broker)
        if (partition === undefined || refused !== errors.none) return { index, lowWatermark: -1, error: refused }
        const to = offset === -1 ? partition.log.highWatermark : offset
        if (to > partition.log.highWatermark) return { index, lowWatermark: -1, error: errors.offsetOutOfRange }
        partition.log.deleteBefore(to)
        return { index, lowWatermark: partition.log.start, error: errors.none }
      }),
    }))
    respond({ topics })
  }
}

/** Who writes to partitions (KIP-664). */
export function makeDescribeProducers(cluster: Cluster): Handler<'describeProducers'> {
  return (body, { broker }, respond) => {
    const topics = body.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(index => {
        const partition = cluster.partition(name, index)
        const error = cluster.leaderRefusal(partition, broker)
        const listed = partition === undefined || error !== errors.none ? [] : partition.log.producers.list()
        const producers = listed.map(({ openFrom = -1, ...each }) => ({ ...each, openFrom, lastSequence: -1, lastAt: -1 }))
        return { index, error, message: null, producers }
      }),
    }))
    respond({ topics })
  }
}
