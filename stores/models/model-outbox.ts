import { byteKey } from '../byte-key.ts'
import type { TransactionBuffer } from '../rows/index.ts'
import type { Row } from '../state-store.ts'
import type { Undoable } from '../undo-journal.ts'
import { eventKey, parseModelRowKey } from './row-keys.ts'

/** An event that was noted, but not told yet. */
export interface NotedEvent {
  readonly dataType: string
  readonly value: Uint8Array
}

interface Noted extends NotedEvent {
  readonly key: Uint8Array
}

/** Events between the change that they tell of and the record that tells it: a row each, so that a crash loses none and tells none twice. */
export class ModelOutbox implements Undoable {
  readonly #buffer: TransactionBuffer
  readonly #noted = new Map<string, Noted>()

  constructor(buffer: TransactionBuffer) {
    this.#buffer = buffer
  }

  get isEmpty(): boolean {
    return this.#noted.size === 0
  }

  add(dataType: string, sequence: number, value: Uint8Array): void {
    const key = eventKey(dataType, sequence)
    this.#buffer.put(key, value)
    this.#noted.set(byteKey(key), { key, dataType, value })
  }

  /** The events in the order in which they were noted; whoever takes them tells them, in the same transaction. */
  take(): readonly NotedEvent[] {
    const taken = [...this.#noted.values()]
    for (const { key } of taken) this.#buffer.delete(key)
    this.#noted.clear()
    this.#buffer.note(this, taken, undefined)
    return taken
  }

  /** Puts taken events back, before their rows come back one by one, the last first. */
  undo(taken: unknown): void {
    for (const event of taken as readonly Noted[]) this.#noted.set(byteKey(event.key), event)
  }

  load({ key, value }: Row): void {
    const name = parseModelRowKey(key)
    if (value === null || name?.kind !== 'event') this.#noted.delete(byteKey(key))
    else this.#noted.set(byteKey(key), { key, dataType: name.dataType, value })
  }

  clear(): void {
    this.#noted.clear()
  }
}
