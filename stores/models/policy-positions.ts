import { asBuffer } from '../../records/index.ts'
import { afterPrefix } from '../byte-key.ts'
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

/** What is kept in memory of a data type's positions in one partition. */
interface Newest {
  /** The largest policy that there was ever a row of. */
  most: number
  /** A policy of which there is a row; 0: none is known. */
  known: number
}

/**
 * Where the policies of each data type took effect in the data of each partition, for ever: a row each, key position/<partition, six digits>/<policy,
 * twelve digits>/<data type>. In memory is only what is asked for all the time, whatever the number of policies.
 */
export class PolicyPositions {
  readonly #buffer: TransactionBuffer
  /** By data type and partition. */
  readonly #newest = new Map<string, Map<number, Newest>>()

  constructor(buffer: TransactionBuffer) {
    this.#buffer = buffer
  }

  has(dataType: string, policy: number, partition: number): boolean {
    const newest = this.#newest.get(dataType)?.get(partition)
    if (newest === undefined || policy > newest.most) return false
    return policy === newest.known || this.#buffer.get(keyOf(dataType, policy, partition)) !== undefined
  }

  /** Of a data type, the running transaction included, in no particular order. */
  async of(dataType: string): Promise<readonly PolicyPosition[]> {
    const found: PolicyPosition[] = []
    for (const partition of this.#newest.get(dataType)?.keys() ?? []) {
      const from = Buffer.from(partitionPrefix(partition))
      for await (const [key, value] of this.#buffer.range(from, afterPrefix(from))) {
        const name = parsedKey(key)
        if (name?.dataType !== dataType) continue
        const bytes = asBuffer(value)
        found.push({ policy: name.policy, partition, offset: bytes.readDoubleBE(0), at: bytes.readDoubleBE(8) })
      }
    }
    return found
  }

  put(dataType: string, { partition, policy, offset, at }: PolicyPosition): void {
    const value = Buffer.alloc(16)
    value.writeDoubleBE(offset, 0)
    value.writeDoubleBE(at, 8)
    this.#buffer.put(keyOf(dataType, policy, partition), value)
    this.#know(dataType, policy, partition)
  }

  /** Loads a row, if it is one of a position; null: it was deleted, or its write undone. */
  load({ key, value }: Row): void {
    const name = parsedKey(key)
    if (name === undefined) return
    const { dataType, policy, partition } = name
    if (value !== null) return this.#know(dataType, policy, partition)
    const newest = this.#newest.get(dataType)?.get(partition)
    if (newest?.known === policy) newest.known = 0
  }

  clear(): void {
    this.#newest.clear()
  }

  #know(dataType: string, policy: number, partition: number): void {
    const byPartition = this.#newest.get(dataType) ?? new Map<number, Newest>()
    this.#newest.set(dataType, byPartition)
    byPartition.set(partition, { most: Math.max(policy, byPartition.get(partition)?.most ?? 0), known: policy })
  }
}

function partitionPrefix(partition: number): string {
  return `${POSITION_PREFIX}${String(partition).padStart(6, '0')}/`
}

function keyOf(dataType: string, policy: number, partition: number): Buffer {
  return Buffer.from(`${partitionPrefix(partition)}${String(policy).padStart(12, '0')}/${dataType}`)
}

function parsedKey(key: Uint8Array): { readonly dataType: string; readonly policy: number; readonly partition: number } | undefined {
  const parts = /^position\/(\d{6,})\/(\d{12,})\/(.*)$/s.exec(asBuffer(key).toString('utf8'))
  return parts === null ? undefined : { partition: Number(parts[1]), policy: Number(parts[2]), dataType: parts[3] as string }
}
