import { SluiceError } from '../../base/index.ts'
import { notValid, recordSignatureHeader, signerName, type TrustedKeys } from '../../models/index.ts'
import type { ModelEvent } from '../../serving/index.ts'
import type { TopicRecord } from '../../topology/runtime/topics/index.ts'
import { eventIn } from '../explain/index.ts'
import type { LineColumn } from '../output.ts'

/** What is known of the signature of a record of the events topic. */
export type EventSignature =
  | { readonly signature: 'unsigned' }
  /** Nobody was asked whether it is right: there are no keys. */
  | { readonly signature: 'not verified' }
  /** `signer`: the key's SHA-256, with the certificate's subject before it where it has one. */
  | { readonly signature: 'signed'; readonly signer: string }
  | { readonly signature: 'wrong'; readonly reason: string }

/** An event with its place in the topic; a record that is no event has no more than its place and key. */
export type ReadEvent = Partial<ModelEvent> & EventSignature & { readonly place: string; readonly key: string | null }

/** Reads records of the events topic, and verifies their signatures where there are keys. */
export class EventReader {
  readonly #keys: TrustedKeys | undefined
  readonly #application: string
  readonly #dataType: string | undefined
  readonly #since: number
  readonly #begun = new Set<number>()
  #doubtful = 0

  constructor({
    keys,
    application,
    dataType,
    since,
  }: {
    readonly keys: TrustedKeys | undefined
    /** Whose events they are: keys may be those of several. */
    readonly application: string
    readonly dataType: string | undefined
    /** Epoch ms. */
    readonly since: number
  }) {
    this.#keys = keys
    this.#application = application
    this.#dataType = dataType
    this.#since = since
  }

  /** How many of the records that were read no trusted key has signed; 0 without keys. */
  get doubtful(): number {
    return this.#doubtful
  }

  /** undefined: it is not asked for. Times decide where a partition begins alone: a later record that says an older time is one of them. */
  read(record: TopicRecord): ReadEvent | undefined {
    const { partition, offset, timestamp, key, value } = record
    if (!this.#begun.has(partition) && timestamp < this.#since) return undefined
    this.#begun.add(partition)
    const name = key === null ? null : key.toString('utf8')
    if (this.#dataType !== undefined && name !== this.#dataType) return undefined
    const event = name === null || value === null ? undefined : eventIn(value, name)
    const signature = this.#signatureOf(record, event, event?.at ?? timestamp)
    if (this.#keys !== undefined && signature.signature !== 'signed') this.#doubtful++
    return { ...event, ...signature, place: `${partition}:${offset}`, key: name }
  }

  #signatureOf({ key, value, headers }: TopicRecord, event: ModelEvent | undefined, at: number): EventSignature {
    const bundle = headers?.[recordSignatureHeader]
    if (bundle === undefined) return { signature: 'unsigned' }
    if (this.#keys === undefined) return { signature: 'not verified' }
    if (key === null || value === null) return { signature: 'wrong', reason: 'it has no key or no value' }
    try {
      const signer = signerName(this.#keys.signerOfRecord(bundle, { key, value }, at))
      if (event !== undefined && event.application !== this.#application)
        return { signature: 'wrong', reason: `it is an event of the application ${event.application}, signed by ${signer}` }
      return { signature: 'signed', signer }
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'MODEL_SIGNATURE_INVALID') throw error
      return { signature: 'wrong', reason: error.message.replace(notValid, '') }
    }
  }
}

export const eventColumns: readonly LineColumn[] = [
  { name: 'at', width: 24 },
  { name: 'dataType', width: 16 },
  { name: 'sequence', width: 8, align: 'right' },
  { name: 'event', width: 11 },
  { name: 'policy', width: 6, align: 'right' },
  { name: 'champion', width: 8, align: 'right' },
  { name: 'who', width: 16 },
  { name: 'signature', width: 12 },
  { name: 'more', width: 90 },
]

/** The line of an event. */
export function eventLine(read: ReadEvent): Readonly<Record<string, unknown>> {
  const { at, event, key, why } = read
  const signed = 'signer' in read ? read.signer : 'reason' in read ? read.reason : undefined
  const more = [event === undefined ? `no event, at ${read.place}` : undefined, signed, why].filter(part => part !== undefined)
  return { ...read, dataType: key, at: at === undefined ? '' : new Date(at).toISOString(), more: more.join('; ') }
}
