import { errors } from '../cluster/errors.ts'
import type { Batch, Marker } from './batch.ts'

interface Appended {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly baseOffset: number
}

interface Producer {
  epoch: number
  coordinatorEpoch: number
  /** The last batches of this epoch, at most five. */
  batches: readonly Appended[]
  /** Where its open transaction begins. */
  openFrom: number | undefined
  /** How many markers it has had. */
  ends: number
}

/** A transaction that a marker ended. */
export interface Completed {
  readonly producerId: number
  readonly from: number
  readonly marker: number
  readonly committed: boolean
}

const kept = 5
const sequences = 0x8000_0000

/** What a partition knows of those who write to it: their epochs, sequences and open transactions (KIP-98, KIP-360). */
export class Producers {
  #known = new Map<number, Producer>()
  /** How many have a transaction open. */
  #open = 0

  /** The offset of a batch that was written before; undefined: it is a new one. */
  written({ producerId, epoch, firstSequence, records }: Batch): number | undefined {
    const known = this.#known.get(producerId)
    if (known === undefined || known.epoch !== epoch || firstSequence < 0) return undefined
    const lastSequence = (firstSequence + records - 1) % sequences
    return known.batches.find(each => each.firstSequence === firstSequence && each.lastSequence === lastSequence)?.baseOffset
  }

  /** Kafka's error for a batch; 0: it may be appended. `strict`: who is not known begins at 0 (transactions of KIP-890). */
  refusal({ producerId, epoch, firstSequence, transactional }: Batch, strict: boolean): number {
    const known = this.#known.get(producerId)
    if (known === undefined) return strict && firstSequence > 0 ? errors.outOfOrderSequence : errors.none
    if (epoch < known.epoch) return errors.invalidProducerEpoch
    if (firstSequence >= 0) {
      const last = epoch === known.epoch ? (known.batches.at(-1)?.lastSequence ?? -1) : -1
      if (firstSequence !== (last + 1) % sequences) return errors.outOfOrderSequence
    }
    return known.openFrom !== undefined && !transactional ? errors.invalidTxnState : errors.none
  }

  appended({ producerId, epoch, firstSequence, records, transactional, baseOffset }: Batch): void {
    const known = this.#of(producerId)
    if (known.epoch !== epoch) known.batches = []
    known.epoch = epoch
    if (firstSequence >= 0) {
      const lastSequence = (firstSequence + records - 1) % sequences
      known.batches = [...known.batches.slice(1 - kept), { firstSequence, lastSequence, baseOffset }]
    }
    if (transactional) this.#begin(known, baseOffset)
  }

  /** Offsets of a group: a write without a sequence. */
  wrote(producerId: number, epoch: number, offset: number): void {
    const known = this.#of(producerId)
    if (known.epoch !== epoch) known.batches = []
    known.epoch = epoch
    this.#begin(known, offset)
  }

  #begin(known: Producer, offset: number): void {
    if (known.openFrom === undefined) this.#open++
    known.openFrom ??= offset
  }

  /** Kafka's error for a marker; 0: it may be appended. */
  markerRefusal({ producerId, epoch, coordinatorEpoch }: Marker): number {
    const known = this.#known.get(producerId)
    if (known === undefined) return errors.none
    if (epoch < known.epoch) return errors.invalidProducerEpoch
    return coordinatorEpoch < known.coordinatorEpoch ? errors.notCoordinator : errors.none
  }

  /** undefined: the producer had no transaction here. */
  ended({ producerId, epoch, coordinatorEpoch, committed }: Marker, offset: number): Completed | undefined {
    const known = this.#of(producerId)
    const from = known.openFrom
    if (known.epoch !== epoch) known.batches = []
    known.epoch = epoch
    known.coordinatorEpoch = coordinatorEpoch
    known.openFrom = undefined
    known.ends++
    if (from !== undefined) this.#open--
    return from === undefined ? undefined : { producerId, from, marker: offset, committed }
  }

  epochOf(producerId: number): number | undefined {
    return this.#known.get(producerId)?.epoch
  }

  endsOf(producerId: number): number {
    return this.#known.get(producerId)?.ends ?? 0
  }

  /** Whether it is in a transaction of this epoch. */
  isOpen(producerId: number, epoch: number): boolean {
    const known = this.#known.get(producerId)
    return known !== undefined && known.openFrom !== undefined && known.epoch === epoch
  }

  /** Those that are known, and where the open transaction of each begins. */
  list(): readonly {
    readonly producerId: number
    readonly epoch: number
    readonly coordinatorEpoch: number
    readonly openFrom: number | undefined
  }[] {
    return [...this.#known].map(([producerId, { epoch, coordinatorEpoch, openFrom }]) => ({
      producerId,
      epoch,
      coordinatorEpoch,
      openFrom,
    }))
  }

  /** The offset of the first record whose transaction is open. */
  firstOpen(): number | undefined {
    if (this.#open === 0) return undefined
    let first: number | undefined
    for (const { openFrom } of this.#known.values())
      if (openFrom !== undefined && (first === undefined || openFrom < first)) first = openFrom
    return first
  }

  forget(): void {
    this.#known = new Map()
    this.#open = 0
  }

  #of(producerId: number): Producer {
    const known = this.#known.get(producerId)
    if (known !== undefined) return known
    const made: Producer = { epoch: -1, coordinatorEpoch: -1, batches: [], openFrom: undefined, ends: 0 }
    this.#known.set(producerId, made)
    return made
  }
}
