import { type Cluster, errors, type Partition } from '../cluster/index.ts'
import type { TransactionCoordinator } from '../coordinators/transaction-coordinator.ts'
import { type Batch, batchAt, recordsOf } from '../log/index.ts'
import type { RequestOf } from '../wire/index.ts'
import type { Handler } from './handlers.ts'

interface Piece {
  readonly name: string
  readonly index: number
  readonly records: Buffer
  readonly partition: Partition | undefined
  error: number
  baseOffset: number
  /** The high watermark from which on it is with all replicas. */
  until: number
  leaderEpoch: number
  message: string | null
  /** How many transactions the producer had ended here when it was seen that this one is open; undefined: there was no need to look. */
  guard: number | undefined
}

/** From this version on a write adds its partition to the transaction (KIP-890). */
const addsPartitions = 12
/** From this version on clients know that a transaction can be aborted and go on. */
const knowsAbortable = 11
/** How long and how often a broker itself asks again while the transaction before is being completed. */
const concurrentMs = 100
const concurrentPauseMs = 20

/** Writes record batches, as the leader of their partitions. */
export function makeProduce(cluster: Cluster, transactions: TransactionCoordinator): Handler<'produce'> {
  return (body, { broker, version }, respond) => {
    const pieces = piecesOf(cluster, body, broker)
    const deadline = cluster.host.now() + concurrentMs
    const { life } = cluster.broker(broker)
    const write = (): void => {
      if (!cluster.lives(broker, life)) return
      if (cluster.verifies || version >= addsPartitions) verify(transactions, body.transactionalId, pieces, version)
      const isBusy = version >= addsPartitions && pieces.some(({ error }) => error === errors.concurrentTransactions)
      if (isBusy && cluster.host.now() < deadline) {
        cluster.host.after(concurrentPauseMs, write)
        return
      }
      if (cluster.timing.verification > 0 && pieces.some(({ guard }) => guard !== undefined))
        cluster.host.after(cluster.timing.verification, finish)
      else finish()
    }
    const finish = (): void => {
      if (!cluster.lives(broker, life)) return
      for (const piece of pieces) if (piece.error === errors.none) append(cluster, piece, broker, version, body.acks)
      acknowledge(cluster, body, pieces, answered => respond(body.acks === 0 ? null : answerOf(answered)))
    }
    write()
  }
}

function piecesOf(cluster: Cluster, body: RequestOf<'produce'>, broker: number): Piece[] {
  return body.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ index, records }) => {
      const partition = cluster.partition(name, index)
      const isInternal = cluster.topics.get(name)?.internal === true
      const error = partition !== undefined && isInternal ? errors.invalidTopic : cluster.leaderRefusal(partition, broker)
      return {
        name,
        index,
        partition,
        records: records ?? Buffer.alloc(0),
        error,
        baseOffset: -1,
        until: 0,
        leaderEpoch: -1,
        message: null,
        guard: undefined,
      }
    }),
  )
}

/** Adds partitions to the transaction, or sees that they are in it; what was refused for a while is tried anew. */
function verify(transactions: TransactionCoordinator, transactionalId: string | null, pieces: readonly Piece[], version: number): void {
  if (transactionalId === null) return
  for (const piece of pieces) {
    if (piece.partition === undefined || (piece.error !== errors.none && piece.error !== errors.concurrentTransactions)) continue
    const { producerId, epoch, transactional } = batchAt(piece.records, 0)
    if (!transactional || piece.partition.log.producers.isOpen(producerId, epoch)) {
      piece.error = errors.none
      continue
    }
    const producer = { transactionalId, producerId, epoch }
    const error =
      version >= addsPartitions ? transactions.add(producer, [piece.partition.name]) : transactions.verify(producer, piece.partition.name)
    piece.error = asProduceError(error, version)
    piece.guard = piece.partition.log.producers.endsOf(producerId)
  }
}

const hidden: ReadonlySet<number> = new Set([errors.coordinatorLoading, errors.coordinatorNotAvailable, errors.notCoordinator])

/** A coordinator's error as clients of that version take it. */
function asProduceError(error: number, version: number): number {
  if (hidden.has(error)) return errors.notEnoughReplicas
  if (error === errors.producerFenced) return errors.invalidProducerEpoch
  if (error === errors.transactionAbortable && version < knowsAbortable) return errors.invalidTxnState
  return error === errors.concurrentTransactions && version < addsPartitions ? errors.notEnoughReplicas : error
}

function append(cluster: Cluster, piece: Piece, broker: number, version: number, acks: number): void {
  const partition = piece.partition as Partition
  piece.error = cluster.leaderRefusal(partition, broker)
  if (piece.error !== errors.none) return
  if (acks === -1 && !cluster.hasQuorum(partition)) {
    piece.error = errors.notEnoughReplicas
    return
  }
  const { log } = partition
  const batch = batchAt(Buffer.from(piece.records), log.end)
  piece.error = recordError(cluster, partition, batch, piece)
  if (piece.error !== errors.none) return
  piece.leaderEpoch = partition.leaderEpoch
  const written = batch.producerId < 0 ? undefined : log.producers.written(batch)
  if (written !== undefined) {
    piece.baseOffset = written
    piece.until = written + batch.records
    return
  }
  // It was open when that was looked at, and has been ended since.
  if (piece.guard !== undefined && piece.guard !== log.producers.endsOf(batch.producerId)) {
    piece.error = errors.invalidTxnState
    return
  }
  piece.error = batch.producerId < 0 ? errors.none : log.producers.refusal(batch, batch.transactional && version >= addsPartitions)
  if (piece.error !== errors.none) return
  piece.baseOffset = log.append(batch.bytes).baseOffset
  piece.until = log.end
  cluster.replicate(partition)
}

/** What the topic's settings have against the records. */
function recordError(cluster: Cluster, partition: Partition, batch: Batch, piece: Piece): number {
  const { applied } = cluster.topics.get(partition.topic)!.configs
  if (batch.bytes.length > applied.maxMessageBytes) {
    piece.message = `The request included a message larger than the max message size the server will accept.`
    return errors.messageTooLarge
  }
  const now = cluster.host.now()
  if (batch.maxTimestamp - now > applied.timestampAfterMs || now - batch.firstTimestamp > applied.timestampBeforeMs) {
    piece.message = `Timestamp is out of range of the topic's message.timestamp settings`
    return errors.invalidTimestamp
  }
  if (applied.compacted && !batch.compressed && recordsOf(batch).some(({ key }) => key === null)) {
    piece.message = `Compacted topic cannot accept message without key in topic partition ${partition.name}.`
    return errors.invalidRecord
  }
  return errors.none
}

/** Once all in-sync replicas have what was written, or its time is over, or somebody else leads. */
function acknowledge(
  cluster: Cluster,
  { acks, timeoutMs }: RequestOf<'produce'>,
  pieces: readonly Piece[],
  done: (pieces: readonly Piece[]) => void,
): void {
  const open = new Set(pieces.filter(({ error }) => error === errors.none && acks === -1))
  const settle = (): void => {
    for (const piece of open) {
      const partition = piece.partition as Partition
      if (partition.leaderEpoch !== piece.leaderEpoch) piece.error = errors.notLeaderOrFollower
      else if (partition.log.highWatermark < piece.until) continue
      else if (!cluster.hasQuorum(partition)) piece.error = errors.notEnoughReplicasAfterAppend
      open.delete(piece)
    }
  }
  settle()
  if (open.size === 0) {
    done(pieces)
    return
  }
  const ready = (): boolean => {
    if (open.size === 0) return true
    settle()
    if (open.size > 0) return false
    finish()
    return true
  }
  const watched = [...open].map(piece => (piece.partition as Partition).watch(ready))
  const cancel = cluster.host.after(timeoutMs, () => {
    for (const piece of open) piece.error = errors.requestTimedOut
    open.clear()
    finish()
  })
  const finish = (): void => {
    cancel()
    for (const unwatch of watched) unwatch()
    done(pieces)
  }
}

function answerOf(pieces: readonly Piece[]) {
  const topics = new Map<string, Piece[]>()
  for (const piece of pieces) topics.set(piece.name, [...(topics.get(piece.name) ?? []), piece])
  return {
    topics: [...topics].map(([name, own]) => ({
      name,
      partitions: own.map(({ index, error, baseOffset, message, partition }) => ({
        index,
        error,
        baseOffset: error === errors.none ? baseOffset : -1,
        logStart: error === errors.none ? (partition?.log.start ?? -1) : -1,
        message,
      })),
    })),
  }
}
