import { type Cluster, errors, type Partition } from '../cluster/index.ts'
import type { RequestOf, ResponseOf } from '../wire/index.ts'
import type { Handler } from './handlers.ts'

type Asked = RequestOf<'fetch'>['topics'][number]['partitions'][number]
type Answer = ResponseOf<'fetch'>
type Part = Answer['topics'][number]['partitions'][number]

const committed = 1

/** Reads record batches, as the leader; waits for some if there are too few. */
export function makeFetch(cluster: Cluster): Handler<'fetch'> {
  return (body, { broker }, respond) => {
    const first = read(cluster, body, broker)
    if (first.isEnough || body.maxWaitMs <= 0) {
      respond(first.answer)
      return
    }
    let isDone = false
    const finish = (answer: Answer): void => {
      isDone = true
      cancel()
      for (const unwatch of watched) unwatch()
      respond(answer)
    }
    const ready = (): boolean => {
      if (isDone) return true
      const { answer, isEnough } = read(cluster, body, broker)
      if (isEnough) finish(answer)
      return isEnough
    }
    const partitions = body.topics.flatMap(({ name, partitions: asked }) => asked.map(({ index }) => cluster.partition(name, index)))
    const watched = partitions.flatMap(partition => partition?.watch(ready) ?? [])
    const cancel = cluster.host.after(body.maxWaitMs, () => finish(read(cluster, body, broker).answer))
  }
}

function read(cluster: Cluster, body: RequestOf<'fetch'>, broker: number): { readonly answer: Answer; readonly isEnough: boolean } {
  let size = 0
  let isWrong = false
  const topics = body.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(asked => {
      const part = partOf(cluster, cluster.partition(name, asked.index), asked, {
        broker,
        isolation: body.isolation,
        room: body.maxBytes - size,
      })
      if (part.error !== errors.none) isWrong = true
      for (const piece of part.records) size += piece.length
      return part
    }),
  }))
  return { answer: { topics }, isEnough: isWrong || size >= body.minBytes }
}

interface Reading {
  readonly broker: number
  readonly isolation: number
  /** Bytes that the answer may still have. */
  readonly room: number
}

function partOf(cluster: Cluster, partition: Partition | undefined, asked: Asked, { broker, isolation, room }: Reading): Part {
  const error = fetchError(cluster, partition, asked, broker)
  if (error !== errors.none || partition === undefined)
    return { index: asked.index, error, highWatermark: -1, lastStable: -1, logStart: -1, aborted: null, records: [] }
  const { log } = partition
  const { highWatermark, start } = log
  const lastStable = log.lastStable()
  const limit = isolation === committed ? lastStable : highWatermark
  const records = room > 0 && asked.offset < limit ? log.read(asked.offset, limit, Math.min(asked.maxBytes, room)) : []
  const aborted = isolation === committed && records.length > 0 ? log.abortedIn(asked.offset, limit) : []
  return { index: asked.index, error, highWatermark, lastStable, logStart: start, aborted, records }
}

function fetchError(cluster: Cluster, partition: Partition | undefined, { offset, leaderEpoch }: Asked, broker: number): number {
  if (partition === undefined) return errors.unknownTopicOrPartition
  if (leaderEpoch >= 0 && leaderEpoch < partition.leaderEpoch) return errors.fencedLeaderEpoch
  if (leaderEpoch > partition.leaderEpoch) return errors.unknownLeaderEpoch
  const refused = cluster.leaderRefusal(partition, broker)
  if (refused !== errors.none) return refused
  return offset < partition.log.start || offset > partition.log.end ? errors.offsetOutOfRange : errors.none
}
