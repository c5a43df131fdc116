import { isRecordFault, messageOf, SluiceError } from '../base/index.ts'
import type { KeyValueStore } from '../stores/index.ts'
import type { Processor, ProcessorContext, RawRecord } from '../topology/index.ts'
import { ControlEvents, controlMetrics, controlRecords, type ControlEventName, keyTextOf, refusedControls } from './control-events.ts'
import { ControlMover } from './control-mover.ts'
import { conforming, judged, nextControl, Refusal, returned } from './control-rules.ts'
import {
  type ControlState,
  type HeldControl,
  inForce,
  mostWaiting,
  type RefusedControl,
  reached,
  withCurrent,
  withRefused,
  withRoom,
  withWaiting,
} from './control-state.ts'
import { DataClock } from './data-clock.ts'
import type { StreamDefinition } from './stream-definition.ts'

/** A control record whose key can be read. */
interface Keyed {
  readonly record: RawRecord & { readonly key: Uint8Array }
  readonly key: unknown
  readonly text: string
}

/**
 * Keeps the controls. A record passes the schema, the rules and `onControl`, and is then in force at once or from its time on. A record that is refused
 * becomes a dead letter and an event, and the store notes it; what was in force goes on. A record without a value withdraws the control of its key.
 */
export class ControlProcessor implements Processor<Uint8Array | null, Uint8Array | null> {
  readonly #stream: StreamDefinition
  #context!: ProcessorContext
  #controls!: KeyValueStore<unknown, ControlState<unknown>>
  /** undefined: controls are in force at once, or the clocks are those of other tasks (`join: broadcast`). */
  #clock: DataClock | undefined
  #mover!: ControlMover
  #events!: ControlEvents

  constructor(stream: StreamDefinition) {
    this.#stream = stream
  }

  init(context: ProcessorContext): void {
    const { names, effectiveFrom, join } = this.#stream
    this.#context = context
    this.#controls = context.getStateStore(names.controls)
    this.#clock = effectiveFrom !== undefined && join === 'keyed' ? new DataClock(context, names.clock) : undefined
    this.#mover = new ControlMover(context, this.#stream)
    this.#events = new ControlEvents(context, this.#stream, names.events)
    context.metrics.declare(controlMetrics)
  }

  async process(record: RawRecord): Promise<void> {
    const keyed = await this.#keyed(record)
    if (keyed instanceof Refusal) return this.#refuse(record, keyed)
    const moved = this.#mover.move(keyed.record, keyed.text)
    if (moved instanceof Refusal) return this.#refuse(record, moved)
    if (moved) {
      // A row from before controls were moved would hold here for ever.
      this.#controls.delete(keyed.key)
      return this.#tell('moved', keyed)
    }
    if (record.value === null) {
      this.#controls.delete(keyed.key)
      return this.#tell('withdrawn', keyed)
    }
    const next = await this.#next(keyed, record.value)
    if (next instanceof Refusal) return this.#refuse(record, next, keyed)
    const { held, waits } = next
    // Read anew: the rules and onControl had what was read before in their hands, and may have changed it.
    const before = this.#before(keyed.key, record)
    const state = waits ? withWaiting(this.#untold(keyed.key, before), held) : withCurrent(before, held)
    const kept = await judged('size', () => this.#controls.put(keyed.key, state))
    if (kept instanceof Refusal) return this.#refuse(record, kept, keyed)
    this.#tell('accepted', keyed, { from: held.from })
  }

  async #keyed(record: RawRecord): Promise<Keyed | Refusal> {
    const { key: bytes } = record
    if (bytes === null) return new Refusal('key', 'the control has no key', { code: 'KEY_MISSING' })
    return judged('key', () => {
      const key = this.#stream.control.key.deserialize(bytes)
      return { record: { ...record, key: bytes }, key, text: keyTextOf(this.#stream, key) }
    })
  }

  /**
   * The state of the key with what the data have reached by now. With the broadcast join each partition of the data has a time of its own, which this task
   * does not know: there the earliest controls give up their times when too many wait.
   */
  #before(key: unknown, { timestamp }: RawRecord): ControlState<unknown> | undefined {
    const state = this.#stored(key)
    if (state === undefined) return undefined
    return this.#clock === undefined ? withRoom(state, timestamp) : reached(state, this.#clock.time)
  }

  /**
   * The state to which a control is added that does not end what holds. What the data of other keys have brought into force still waits there, so that the first
   * data record of the key tells it; it gives way when too many wait.
   */
  #untold(key: unknown, before: ControlState<unknown> | undefined): ControlState<unknown> | undefined {
    const state = this.#clock === undefined ? undefined : this.#stored(key)
    return state !== undefined && state.waiting.length < mostWaiting ? state : before
  }

  /** What the store holds of the key. A row that cannot be read, such as one that another serde has written, gives way to the next control. */
  #stored(key: unknown): ControlState<unknown> | undefined {
    try {
      return this.#controls.get(key)
    } catch (error) {
      if (!isRecordFault(error)) throw error
      const { name } = this.#stream
      this.#context.log('warn', 'the row of a control cannot be read: a new control takes its place', {
        stream: name,
        error: messageOf(error),
      })
      return undefined
    }
  }

  /** The control that the record makes, and whether it waits for its time. */
  async #next(
    { record, key }: Keyed,
    bytes: Uint8Array,
  ): Promise<{ readonly held: HeldControl<unknown>; readonly waits: boolean } | Refusal> {
    const { control, schema, effectiveFrom } = this.#stream
    const read = await judged('value', () => ({ value: control.value.deserialize(bytes) }))
    if (read instanceof Refusal) return read
    const checked = await conforming(schema, read.value)
    if (checked instanceof Refusal) return checked
    const time = await judged('effectiveFrom', () => timeOf(effectiveFrom?.(checked.value)))
    if (time instanceof Refusal) return time
    const later = time.from !== undefined && time.from > (this.#clock?.time ?? -1) ? time.from : undefined
    const waits = later !== undefined
    const from = later ?? record.timestamp
    const before = this.#before(key, record)
    if (waits && this.#isFull(before, from))
      return new Refusal('effectiveFrom', `${mostWaiting} controls of the key wait for their time already`)
    const next = await nextControl(this.#stream, checked.value, { key, current: inForce(before, from)?.control })
    if (next instanceof Refusal) return next
    // The store would fail on a control that it cannot write, and all data of the key on one that it cannot read.
    const written = await judged('value', () => control.value.deserialize(control.value.serialize(next.value)))
    if (written instanceof Refusal) return written
    return { held: { control: next.value, from, partition: record.partition, offset: record.offset }, waits }
  }

  #isFull(state: ControlState<unknown> | undefined, from: number): boolean {
    const waiting = state?.waiting ?? []
    return waiting.length >= mostWaiting && waiting.every(each => each.from !== from)
  }

  /** The dead letter is written beside what the store notes and the event says: the record did not fail, it was judged. */
  #refuse(record: RawRecord, { rule, reason, code, cause }: Refusal, keyed?: Keyed): void {
    const { name } = this.#stream
    const of = keyed === undefined ? '' : ` for key ${JSON.stringify(keyed.text)}`
    const message = `the control of stream "${name}"${of} is refused by rule "${rule}": ${reason}; what was in force goes on`
    this.#context.deadLetter(record, new SluiceError(code, message, { cause }))
    this.#context.metrics.figure(refusedControls, [name, rule]).add(1)
    const { partition, offset } = record
    if (keyed !== undefined) this.#note(keyed, { rule, reason, partition, offset })
    this.#count('refused')
    this.#events.tell('refused', record, { key: record.key, facts: { key: keyed?.text ?? '', rule, reason } })
  }

  /** A row that is as large as the changelog takes has no room for the reason; one that cannot be read stays as it is. */
  #note({ record, key }: Keyed, refused: RefusedControl): void {
    try {
      this.#controls.get(key)
      this.#controls.put(key, withRefused(this.#untold(key, this.#before(key, record)), refused))
    } catch (error) {
      if (!isRecordFault(error)) throw error
      const facts = { stream: this.#stream.name, ...refused, error: messageOf(error) }
      this.#context.log('warn', 'the store cannot keep the note of a refused control', facts)
    }
  }

  #tell(event: ControlEventName, { record, text }: Keyed, facts: { readonly from?: number } = {}): void {
    this.#count(event)
    this.#events.tell(event, record, { key: record.key, facts: { key: text, ...facts } })
  }

  #count(event: ControlEventName): void {
    this.#context.metrics.figure(controlRecords, [this.#stream.name, event]).add(1)
  }
}

/** Throws PROCESSING_FAILED for what is no time. */
function timeOf(from: number | undefined): { readonly from: number | undefined } {
  if (from === undefined || (Number.isSafeInteger(from) && from >= 0)) return { from }
  throw new SluiceError('PROCESSING_FAILED', `effectiveFrom returned ${returned(from)}, which is not a time in ms since the epoch`)
}
