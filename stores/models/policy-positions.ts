import { asBuffer } from '../../records/index.ts'
import type { TransactionBuffer } from '../rows/index.ts'
import type { Row } from '../state-store.ts'

export const POSITION_PREFIX = 'position/'

/** Where and when a policy took effect in the data of one partition. */
export interface PolicyPosition {
  /** The number of the policy. */
  readonly policy: number
  /** The partition of the data. */
  readonly partition: number
  /** The offset of the first data record that it was in force for. */
  readonly offset: number
  /** When that record was processed, epoch ms. */
  readonly at: number
}

/**
 * Where the policies of each data type took effect in the data of each partition, for ever: a row each, key position/<partition, six digits>/<policy,
 * twelve digits>/<data type>.
 */
export class PolicyPositions {
  readonly #buffer: TransactionBuffer
  /** By data type, policy and partition. */
  readonly #known = new Map<string, Map<number, Map<number, PolicyPosition>>>()

  constructor(buffer: TransactionBuffer) {
    this.#buffer = buffer
  }

  has(dataType: string, policy: number, partition: number): boolean {
    return this.#known.get(dataType)?.get(policy)?.has(partition) ?? false
  }

  /** Of a data type, in no particular order. */
  of(dataType: string): readonly PolicyPosition[] {
    return [...(this.#known.get(dataType)?.values() ?? [])].flatMap(byPartition => [...byPartition.values()])
  }

  put(dataType: string, position: PolicyPosition): void {
    const value = Buffer.alloc(16)
    value.writeDoubleBE(position.offset, 0)
    value.writeDoubleBE(position.at, 8)
    const { partition, policy } = position
    const key = Buffer.from(`${POSITION_PREFIX}${String(partition).padStart(6, '0')}/${String(policy).padStart(12, '0')}/${dataType}`)
    this.#buffer.put(key, value)
    this.#set(dataType, position)
  }

  /** Loads a row, if it is one of a position; null: it was deleted, or its write undone. */
  load({ key, value }: Row): void {
    const parts = /^position\/(\d{6,})\/(\d{12,})\/(.*)$/s.exec(asBuffer(key).toString('utf8'))
    if (parts === null) return
    const [partition, policy, dataType] = [Number(parts[1]), Number(parts[2]), parts[3] as string]
    if (value === null) return void this.#known.get(dataType)?.get(policy)?.delete(partition)
    const bytes = asBuffer(value)
    this.#set(dataType, { policy, partition, offset: bytes.readDoubleBE(0), at: bytes.readDoubleBE(8) })
  }

  clear(): void {
    this.#known.clear()
  }

  #set(dataType: string, position: PolicyPosition): void {
    const byPolicy = this.#known.get(dataType) ?? new Map<number, Map<number, PolicyPosition>>()
    this.#known.set(dataType, byPolicy)
    const byPartition = byPolicy.get(position.policy) ?? new Map<number, PolicyPosition>()
    byPolicy.set(position.policy, byPartition)
    byPartition.set(position.partition, position)
  }
}
