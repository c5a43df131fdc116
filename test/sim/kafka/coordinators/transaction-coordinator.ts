import { type Cluster, errors, type Partition, transactionsTopic } from '../cluster/index.ts'
import { CoordinatorPartitions } from './coordinator-partitions.ts'
import type { Marker } from '../log/index.ts'
import type { Markers } from './markers.ts'
import { isEnding, isExhausted, isRepeated, newTransaction, type Transaction } from './transaction.ts'

export interface Producer {
  readonly transactionalId: string
  readonly producerId: number
  readonly epoch: number
}

export interface Identity {
  readonly error: number
  readonly producerId: number
  readonly epoch: number
}

const refused = (error: number): Identity => ({ error, producerId: -1, epoch: -1 })
const nobody = -1

/** The transactions of all transactional ids (KIP-98, KIP-360, KIP-890): each change is in the coordinator's log before it is answered. */
export class TransactionCoordinator {
  readonly #cluster: Cluster
  readonly #markers: Markers
  readonly #raisesEpochs: boolean
  readonly #maxTimeoutMs: number
  readonly #transactions = new Map<string, Transaction>()
  readonly partitions: CoordinatorPartitions
  /** A transaction that has partitions is told to end; it is in no partition yet. */
  onEnding: (transaction: Transaction) => void = () => undefined
  #nextProducerId = 0

  constructor(cluster: Cluster, markers: Markers, options: { readonly transactionVersion: number; readonly maxTimeoutMs: number }) {
    this.#cluster = cluster
    this.#markers = markers
    this.#raisesEpochs = options.transactionVersion >= 2
    this.#maxTimeoutMs = options.maxTimeoutMs
    this.partitions = new CoordinatorPartitions(cluster, transactionsTopic)
  }

  /** Those that one broker coordinates, or all. */
  *transactions(broker?: number): Generator<Transaction> {
    for (const each of this.#transactions.values()) if (broker === undefined || this.partitions.of(each.id).leader === broker) yield each
  }

  find(id: string): Transaction | undefined {
    return this.#transactions.get(id)
  }

  newProducerId(): number {
    return this.#nextProducerId++
  }

  /** Takes the id; `from`: only if that is who has it. Who has begun something is asked to come back once it is aborted. */
  init(id: string, timeoutMs: number, from: { readonly producerId: number; readonly epoch: number }): Identity {
    if (id === '') return refused(errors.invalidRequest)
    if (timeoutMs <= 0 || timeoutMs > this.#maxTimeoutMs) return refused(errors.invalidTransactionTimeout)
    if (!this.partitions.isWritable(id)) return refused(errors.coordinatorNotAvailable)
    const known = this.#transactions.get(id) ?? newTransaction(id, this.newProducerId(), timeoutMs)
    this.#transactions.set(id, known)
    const isExpected = from.producerId !== nobody
    const isPrevious = from.producerId === known.previousProducerId && isExhausted(from.epoch)
    if (isExpected && known.epoch !== -1 && from.producerId !== known.producerId && !isPrevious) return refused(errors.producerFenced)
    if (isEnding(known)) return refused(errors.concurrentTransactions)
    if (known.state === 'Ongoing') {
      this.#fence(known)
      return refused(errors.concurrentTransactions)
    }
    if (isExhausted(known.epoch) && (!isExpected || from.epoch === known.epoch)) {
      this.#take(known, { producerId: this.newProducerId(), epoch: 0, lastEpoch: isExpected ? known.epoch : -1 })
    } else if (!isExpected) this.#take(known, { producerId: known.producerId, epoch: known.epoch + 1, lastEpoch: -1 })
    else if (known.epoch === -1 || from.epoch === known.epoch)
      this.#take(known, { producerId: known.producerId, epoch: known.epoch + 1, lastEpoch: known.epoch })
    else if (from.epoch === known.lastEpoch) known.state = 'Empty'
    else return refused(errors.producerFenced)
    known.timeoutMs = timeoutMs
    return { error: errors.none, producerId: known.producerId, epoch: known.epoch }
  }

  #take(known: Transaction, to: { readonly producerId: number; readonly epoch: number; readonly lastEpoch: number }): void {
    known.previousProducerId = known.producerId
    known.producerId = to.producerId
    known.epoch = to.epoch
    known.lastEpoch = to.lastEpoch
    known.state = 'Empty'
    known.startedAt = -1
  }

  /** Kafka's error; 0: these partitions are in the transaction, which began with them if none was open. */
  add(producer: Producer, partitions: readonly string[]): number {
    const { transactionalId } = producer
    const found = this.#asked(producer)
    if (typeof found === 'number') return found
    const isKnown = found.state === 'Ongoing' && partitions.every(each => found.partitions.has(each))
    if (isKnown) return errors.none
    if (!this.partitions.isWritable(transactionalId)) return errors.coordinatorNotAvailable
    if (found.state !== 'Ongoing') {
      found.state = 'Ongoing'
      found.startedAt = this.#cluster.host.now()
      this.#watchTime(found)
    }
    for (const each of partitions) found.partitions.add(each)
    return errors.none
  }

  /** Kafka's error; 0: the partition is in the transaction. */
  verify(producer: Producer, partition: string): number {
    const found = this.#asked(producer)
    if (typeof found === 'number') return found
    return found.partitions.has(partition) ? errors.none : errors.transactionAbortable
  }

  #asked({ transactionalId, producerId, epoch }: Producer): Transaction | number {
    const unreachable = this.partitions.unreachable(transactionalId)
    if (unreachable !== errors.none) return unreachable
    const known = this.#transactions.get(transactionalId)
    if (known === undefined || known.producerId !== producerId) return errors.invalidProducerIdMapping
    if (known.epoch !== epoch) return errors.producerFenced
    return isEnding(known) ? errors.concurrentTransactions : known
  }

  /** `raises`: the end raises the epoch, and who asks again is told the same. */
  end({ transactionalId, producerId, epoch }: Producer, commit: boolean, raises: boolean): Identity {
    const known = this.#transactions.get(transactionalId)
    if (known === undefined) return refused(errors.invalidProducerIdMapping)
    const again = raises && isRepeated(known, producerId, epoch)
    if (known.producerId !== producerId && !again) return refused(errors.invalidProducerIdMapping)
    if (!again && (known.epoch !== epoch || (isEnding(known) && known.raisesEpochs))) return refused(errors.producerFenced)
    const isSame = known.state === (commit ? 'CompleteCommit' : 'CompleteAbort')
    const answer = (): Identity => ({ error: errors.none, producerId: known.producerId, epoch: known.epoch })
    switch (known.state) {
      case 'Ongoing':
        break
      case 'PrepareCommit':
      case 'PrepareAbort':
        return refused((known.state === 'PrepareCommit') === commit ? errors.concurrentTransactions : errors.invalidTxnState)
      case 'CompleteCommit':
      case 'CompleteAbort':
        if (isSame && (again || !raises)) return answer()
        if (again || commit || !raises) return refused(errors.invalidTxnState)
        break
      case 'Empty':
        // An abort of nothing raises the epoch all the same.
        if (commit || !raises) return refused(errors.invalidTxnState)
    }
    if (!this.partitions.isWritable(transactionalId)) return refused(errors.coordinatorNotAvailable)
    this.#prepare(known, commit, raises)
    return answer()
  }

  #prepare(known: Transaction, commit: boolean, raises: boolean): void {
    known.cancelTimeout()
    if (known.startedAt < 0) known.startedAt = this.#cluster.host.now()
    known.state = commit ? 'PrepareCommit' : 'PrepareAbort'
    known.raisesEpochs = raises
    if (raises) {
      if (isExhausted(known.epoch)) known.nextProducerId = this.newProducerId()
      known.lastEpoch = known.epoch
      known.epoch++
    }
    if (known.partitions.size > 0) this.onEnding(known)
    this.#mark(known)
  }

  /** Aborts what is open so that who began it is shut out, whether or not it speaks KIP-890. */
  #fence(known: Transaction): void {
    if (!this.#raisesEpochs) {
      known.epoch++
      known.lastEpoch = -1
    }
    this.#prepare(known, false, this.#raisesEpochs)
  }

  #mark(known: Transaction): void {
    const { leaderEpoch } = this.partitions.of(known.id)
    known.unmarked = new Set(known.partitions)
    if (known.unmarked.size === 0) {
      this.#complete(known)
      return
    }
    const { producerId, epoch } = known
    const isCurrent = (): boolean =>
      this.#leads(known.id, leaderEpoch) && isEnding(known) && known.producerId === producerId && known.epoch === epoch
    this.#markers.send({
      marker: this.#markerOf(known),
      partitions: [...known.partitions],
      isCurrent,
      onMarked: partition => {
        // It may be replicated when the transaction is completed, or is another coordinator's.
        if (!isCurrent()) return
        known.unmarked.delete(partition)
        if (known.unmarked.size === 0) this.#complete(known)
      },
    })
  }

  #markerOf({ id, producerId, epoch, state }: Transaction): Marker {
    return { producerId, epoch, committed: state === 'PrepareCommit', coordinatorEpoch: this.partitions.of(id).leaderEpoch }
  }

  #complete(known: Transaction): void {
    known.state = known.state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort'
    known.partitions.clear()
    known.unmarked.clear()
    if (known.nextProducerId < 0) return
    known.previousProducerId = known.producerId
    known.producerId = known.nextProducerId
    known.lastEpoch = known.epoch
    known.epoch = 0
    known.nextProducerId = -1
  }

  #leads(id: string, leaderEpoch: number): boolean {
    const partition = this.partitions.of(id)
    return partition.leaderEpoch === leaderEpoch && partition.leader > 0 && this.#cluster.broker(partition.leader).alive
  }

  /** At the first look for such transactions after its time is over. */
  #watchTime(known: Transaction): void {
    const { host, timing } = this.#cluster
    const { leaderEpoch } = this.partitions.of(known.id)
    const over = Math.ceil(Math.max(known.startedAt + known.timeoutMs, host.now() + 1) / timing.timeoutScan) * timing.timeoutScan
    known.cancelTimeout()
    known.cancelTimeout = host.after(over - host.now(), () => {
      if (known.state !== 'Ongoing' || !this.#leads(known.id, leaderEpoch)) return
      if (this.partitions.isWritable(known.id)) this.#fence(known)
      else this.#watchTime(known)
    })
  }

  /** The partition has another leader, or one in another life: once it has read the log it ends what was to be ended. */
  moved(partition: Partition): void {
    if (partition.leader < 0) return
    const { host, timing } = this.#cluster
    partition.loadedAt = host.now() + timing.loading
    const { leaderEpoch } = partition
    host.after(timing.loading, () => {
      if (partition.leaderEpoch !== leaderEpoch) return
      for (const known of this.#transactions.values()) {
        if (this.partitions.of(known.id) !== partition) continue
        if (isEnding(known)) this.#mark(known)
        else if (known.state === 'Ongoing') this.#watchTime(known)
      }
    })
  }

  /**
   * A broker that stops while it ends transactions: their end is in the log, and some of their markers, one at least, are nowhere. Those of partitions that
   * `may` does not allow are written.
   */
  forgetMarkers(broker: number, may: (partition: string) => boolean = () => true): void {
    for (const known of this.transactions(broker)) {
      if (!isEnding(known)) continue
      const marker = this.#markerOf(known)
      const forgotten = [...known.unmarked].find(may)
      for (const name of known.unmarked)
        if (name !== forgotten && (!may(name) || this.#cluster.host.random() < 0.5)) this.#markers.write(marker, name)
      this.#complete(known)
    }
  }
}
