import { SluiceError } from '../base/index.ts'
import type { KeyValueStore } from '../stores/index.ts'
import type { StreamRecord } from '../topology/index.ts'
import { returned } from './control-rules.ts'

/** What a stream remembers of a key from one data record to the next: a row of a changelogged store. */
export interface Memory<M> {
  /** The remembered value; undefined: nothing. A new value must be assigned; changes within an object are not seen. */
  value: M | undefined
}

/** `undefined` where the options have no default control: a record may come before the first control of its key. */
export type NoControl<F> = F extends undefined ? undefined : never

/**
 * Makes the outputs of a data record, with the control that is in force for it. Returns one output, an array of several, or undefined for none; null is
 * an output without a value. What it throws makes the record a dead letter; then nothing that it remembered is kept.
 */
export type OnData<K, D, C, M, R> = (record: StreamRecord<K, D>, control: C, memory: Memory<M>) => Outputs<R> | Promise<Outputs<R>>

/** What `onData` returns. */
export type Outputs<R> = R | null | undefined | void | readonly (R | null)[]

/** The memory of one key. Assigned values are written at once; the task takes them back if the record fails. */
export class KeyMemory<K, M> implements Memory<M> {
  readonly #store: KeyValueStore<K, M>
  readonly #key: K

  constructor(store: KeyValueStore<K, M>, key: K) {
    this.#store = store
    this.#key = key
  }

  get value(): M | undefined {
    return this.#store.get(this.#key)
  }

  set value(value: M | undefined) {
    if (isLater(value)) throw unawaited(value, 'assigned its memory')
    if (value === undefined) this.#store.delete(this.#key)
    else this.#store.put(this.#key, value)
  }
}

/** The memory of a stream whose options have none. */
export class NoMemory implements Memory<never> {
  readonly #stream: string

  constructor(stream: string) {
    this.#stream = stream
  }

  get value(): undefined {
    return undefined
  }

  set value(_: undefined) {
    throw new SluiceError(
      'TOPOLOGY_INVALID',
      `onData of the controlled stream "${this.#stream}" assigned its memory a value, but the stream has no memory: set the option memory to the serde of the values`,
    )
  }
}

/** Whether the outputs come later: in a promise, or in what other libraries have for one, such as a query that is sent when it is waited for. */
export function isLater<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as { readonly then?: unknown }).then === 'function'
}

/** The outputs as a list. Throws PROCESSING_FAILED for one with a promise in it, which would be written as an empty object. */
export function outputList<R>(outputs: Outputs<R>): readonly (R | null)[] {
  if (outputs === undefined) return []
  if (!Array.isArray(outputs)) return [outputs as R | null]
  const list = outputs as readonly (R | null)[]
  const errors = list.filter(output => isLater(output)).map(output => unawaited(output, 'returned a list with'))
  if (errors[0] !== undefined) throw errors[0]
  return list
}

function unawaited(value: unknown, did: string): SluiceError {
  return new SluiceError('PROCESSING_FAILED', `onData ${did} ${returned(value)}: wait for it first, of several with Promise.all`)
}
