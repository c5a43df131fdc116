import { env, SluiceError } from '../base/index.ts'
import { sluice } from '../proto/messages.js'
import type { KeptModels, ModelRouting, RecordPlace } from '../stores/index.ts'
import { recordSignatureHeader, type SigningKey, signRecord } from '../models/index.ts'
import type { ProcessorContext, Scheduled, StreamRecord } from '../topology/index.ts'
import type { ControlAction } from './policies/index.ts'
import type { ServingOptions } from './serving-options.ts'

/** What happened to a model, a policy or a record of the models topic. */
export type ModelEventName =
  'accepted' | 'refused' | 'promoted' | 'rolledback' | 'retired' | 'withdrawn' | 'cancelled' | 'effective' | 'quarantined'

/** What has a name of its own among the events of controls; the rest is accepted. */
export const eventNames: { readonly [kind in ControlAction['kind']]?: ModelEventName } = {
  promote: 'promoted',
  rollback: 'rolledback',
  retire: 'retired',
  withdraw: 'withdrawn',
  cancel: 'cancelled',
}

/** A change that waited for its time: the place of its record, and what that asked for. */
export interface CancelledChange extends RecordPlace {
  readonly action: string
  readonly effectiveFrom: number
  readonly who?: string | undefined
}

/** What an event says beside its name, data type, number, time and origin. What is absent does not apply. */
export interface ModelEventFacts {
  /** Partition and offset of the model or control record. */
  readonly record?: RecordPlace
  /** Of `effective`: partition and offset of the first data record that the policy was in force for. */
  readonly position?: RecordPlace
  /** The number of the policy after it, and the version of its champion; 0: no model serves. */
  readonly policy?: number
  readonly champion?: number
  /** The versions of the models of a composite, in their order; the last is the champion. */
  readonly steps?: readonly number[]
  /** The version that it is about, the name of its model, and the SHA-256 of its bytes, in hex. */
  readonly version?: number
  readonly name?: string
  readonly hash?: string
  /** Who signed the model, where keys are trusted. */
  readonly signer?: string
  /** Of a control record: what it asked for. */
  readonly action?: string
  /** The event time, epoch ms, from which it is to be in force. */
  readonly effectiveFrom?: number | undefined
  readonly who?: string | undefined
  readonly reason?: string | undefined
  /** Of `cancelled`: the changes that waited for their time, and do not any more. */
  readonly cancelled?: readonly CancelledChange[]
  /** Of `refused`: the code of the error, and what it said. */
  readonly code?: string
  readonly why?: string
  /** Of `refused`, when the record was accepted before, and waited for its time: its `ModelControl`, in base64. */
  readonly dropped?: string
}

/** The value of a record of the topic `<application id>-model-events`, as JSON; the record's key is the data type. */
export interface ModelEvent extends ModelEventFacts {
  readonly event: ModelEventName
  readonly dataType: string
  /** 1, 2, … per data type. Absent from `effective` with `join: broadcast`, where policy and position are its name. */
  readonly sequence?: number
  /** When it happened, epoch ms. */
  readonly at: number
  /** The application, the task in which it happened, and the instance that ran it. Absent from events of former builds: the instance. */
  readonly application: string
  readonly task: string
  readonly instance?: string
}

/** What an event says of a policy. */
export function policyFacts({ number: policy, champion, steps }: ModelRouting): Pick<ModelEventFacts, 'policy' | 'champion' | 'steps'> {
  return { policy, champion, ...(steps.length === 0 ? {} : { steps: steps.map(({ version }) => version) }) }
}

/** The sinks of the events: of the model tasks, and of the data tasks. */
export const eventSinks = { models: 'model-events', data: 'effective-events' } as const
/** How long an event waits, at most, for data records that it can be told with, ms. */
const tellWithinMs = 10

/** Most characters of a text in an event; a control that was dropped is kept whole for its dead letter. One that cancels names up to 32 people, and JSON may take six bytes for a sign. */
const mostText = 2048

function shortened(name: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > mostText && name !== 'dropped' ? `${value.slice(0, mostText)}…` : value
}

type Context = Pick<
  ProcessorContext<never, Uint8Array>,
  'applicationId' | 'instance' | 'taskId' | 'partition' | 'schedule' | 'deadLetter'
> & {
  forward(record: StreamRecord<Buffer, Uint8Array>, child?: string): void | Promise<void>
}

/**
 * Tells what happens to models. An event is noted in the store together with what it tells of, and becomes a record of the events topic with the next
 * records of the task: in one of its transactions, once; where there is a key, it is signed then. The event of a change that was dropped while it waited brings its dead letter along.
 */
export class ModelEventLog {
  readonly #context: Context
  readonly #sink: (typeof eventSinks)[keyof typeof eventSinks]
  readonly #store: Pick<KeptModels, 'note' | 'outbox'>
  readonly #modelsTopic: string
  readonly #key: SigningKey | undefined
  #telling: Scheduled | undefined

  constructor(
    context: Context,
    sink: (typeof eventSinks)[keyof typeof eventSinks],
    store: Pick<KeptModels, 'note' | 'outbox'>,
    { modelsTopic, eventKey }: Pick<ServingOptions, 'modelsTopic' | 'eventKey'>,
  ) {
    this.#context = context
    this.#sink = sink
    this.#store = store
    this.#modelsTopic = modelsTopic
    this.#key = eventKey
  }

  /** Notes an event; `flush` or `soon` tells it. */
  note(event: ModelEventName, dataType: string, facts: ModelEventFacts): void {
    this.#store.note?.(dataType, sequence => this.#valueOf(event, dataType, { ...facts, sequence }))
  }

  /** Tells the noted events, if there are any. Not to be called where a processor must not forward. */
  flush(): void {
    const { outbox } = this.#store
    if (outbox === undefined || outbox.isEmpty) return
    for (const { dataType, value } of outbox.take()) {
      this.#forward(dataType, value)
      this.#letterOf(JSON.parse(Buffer.from(value).toString('utf8')) as ModelEvent)
    }
  }

  /** Tells the noted events within a short time, unless other records of the task come first. */
  soon(): void {
    if (this.#store.outbox?.isEmpty !== false || this.#telling !== undefined) return
    this.#telling = this.#context.schedule(tellWithinMs, 'wall-clock', () => {
      this.#telling?.cancel()
      this.#telling = undefined
      this.flush()
    })
  }

  /** Tells an event at once, without a number: where the store is that of other tasks. */
  tell(event: ModelEventName, dataType: string, facts: ModelEventFacts): void {
    this.#forward(dataType, this.#valueOf(event, dataType, facts))
  }

  #valueOf(event: ModelEventName, dataType: string, facts: ModelEventFacts & { readonly sequence?: number }): Buffer {
    const { applicationId: application, taskId: task, instance } = this.#context
    const value: ModelEvent = { event, dataType, ...facts, at: env.now(), application, task, instance }
    return Buffer.from(JSON.stringify(value, shortened))
  }

  /** The record as far as it is kept: its place and its control. */
  #letterOf({ dataType, at, record, code, why, dropped }: ModelEvent): void {
    if (dropped === undefined || record === undefined) return
    const control = sluice.ModelControl.decode(Buffer.from(dropped, 'base64'))
    const value = sluice.ModelDescriptor.encode({ dataType, control }).finish()
    const letter = {
      key: Buffer.from(dataType),
      value,
      timestamp: at,
      headers: undefined,
      topic: this.#modelsTopic,
      ...record,
      source: undefined,
    }
    this.#context.deadLetter(letter, new SluiceError((code ?? 'CONTROL_REFUSED') as 'CONTROL_REFUSED', why ?? ''))
  }

  #forward(dataType: string, value: Uint8Array): void {
    const key = Buffer.from(dataType)
    const headers = this.#key === undefined ? undefined : { [recordSignatureHeader]: signRecord(this.#key, { key, value }) }
    const origin = { topic: '', partition: this.#context.partition, offset: -1, source: undefined }
    // The child is a sink, whose `forward` completes at once.
    void this.#context.forward({ key, value, timestamp: env.now(), headers, ...origin }, this.#sink)
  }
}
