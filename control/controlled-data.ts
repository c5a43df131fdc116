import { SluiceError } from '../base/index.ts'
import type { KeyValueStore } from '../stores/index.ts'
import type { Processor, ProcessorContext, RawRecord, StreamRecord } from '../topology/index.ts'
import { ControlEvents, controlMetrics, keyTextOf, unsteeredData } from './control-events.ts'
import { returned } from './control-rules.ts'
import { type ControlState, type HeldControl, inForce, reached } from './control-state.ts'
import { DataClock } from './data-clock.ts'
import { EmittedOutputs } from './emitted-outputs.ts'
import { isLater, KeyMemory, type Memory, NoMemory, outputList, type Outputs } from './on-data.ts'
import type { StreamDefinition } from './stream-definition.ts'

/** Answers data records with the control that is in force for each. */
export class ControlledData implements Processor {
  readonly #stream: StreamDefinition
  #context!: ProcessorContext
  #controls!: KeyValueStore<unknown, ControlState<unknown>>
  #memory: KeyValueStore<unknown, unknown> | undefined
  /** undefined: every control is in force at once. */
  #clock: DataClock | undefined
  #emitted: EmittedOutputs | undefined
  #events!: ControlEvents
  readonly #noMemory: NoMemory
  /** Whether a record needs a key of its own, beside that of its control. */
  readonly #needsKey: boolean

  constructor(stream: StreamDefinition) {
    this.#stream = stream
    this.#noMemory = new NoMemory(stream.name)
    this.#needsKey = stream.controlKey === undefined || stream.memory !== undefined || stream.emitOnChange
  }

  init(context: ProcessorContext): void {
    const { names, memory, effectiveFrom, emitOnChange, results } = this.#stream
    this.#context = context
    this.#controls = context.getStateStore(names.controls)
    if (memory !== undefined) this.#memory = context.getStateStore(names.memory)
    if (effectiveFrom !== undefined) this.#clock = new DataClock(context, names.clock)
    if (emitOnChange) this.#emitted = new EmittedOutputs(context.getStateStore(names.emitted), results.value)
    this.#events = new ControlEvents(context, this.#stream, names.dataEvents)
    context.metrics.declare(controlMetrics)
  }

  process(record: StreamRecord): void | Promise<void> {
    return this.processBatch([record])
  }

  /** Waits only if `onData` returns a promise. */
  processBatch(records: readonly StreamRecord[]): void | Promise<void> {
    const outputs: StreamRecord[] = []
    for (let at = 0; at < records.length; at++) {
      const waiting = this.#answer(records[at] as StreamRecord, outputs)
      if (waiting !== undefined) return this.#answerRest(waiting, records.slice(at + 1), outputs)
    }
    return this.#forward(outputs)
  }

  async #answerRest(waiting: Promise<void>, records: readonly StreamRecord[], outputs: StreamRecord[]): Promise<void> {
    await waiting
    for (const record of records) await this.#answer(record, outputs)
    await this.#forward(outputs)
  }

  #forward(outputs: readonly StreamRecord[]): void | Promise<void> {
    if (outputs.length > 0) return this.#context.forwardBatch(outputs, this.#stream.names.results)
  }

  /** Adds the record's outputs to the list. */
  #answer(record: StreamRecord, outputs: StreamRecord[]): void | Promise<void> {
    const refusal = this.#refusal(record)
    if (refusal !== undefined) return this.#context.deadLetter(record, refusal)
    const held = this.#held(record)
    const control = held === undefined ? this.#stream.default : held.control
    const memory: Memory<unknown> = this.#memory === undefined ? this.#noMemory : new KeyMemory(this.#memory, record.key)
    const made = this.#stream.onData(record, control, memory)
    if (isLater(made)) return Promise.resolve(made).then(later => this.#add(record, later, outputs))
    this.#add(record, made, outputs)
  }

  #add(record: StreamRecord, made: Outputs<unknown>, outputs: StreamRecord[]): void {
    const all = outputList(made)
    const values = this.#emitted === undefined ? all : this.#emitted.changed(record.key, all)
    for (const value of values) outputs.push({ ...record, value, source: record.source ?? (record as RawRecord) })
  }

  #refusal({ key, value }: StreamRecord): SluiceError | undefined {
    const { name } = this.#stream
    if (value === null)
      return new SluiceError('RECORD_UNDECODABLE', `the data record of stream "${name}" has no value, so there is nothing to answer`)
    if (key === null && this.#needsKey)
      return new SluiceError(
        'KEY_MISSING',
        `the data record of stream "${name}" has no key, by which its control or memory is found: send data with keys, or set the option rekey`,
      )
    return undefined
  }

  /** The control that is in force for the record; undefined: the default holds. */
  #held(record: StreamRecord): HeldControl<unknown> | undefined {
    const { join, controlKey } = this.#stream
    const time = this.#clock?.reach(record.timestamp) ?? -1
    const key = controlKey === undefined ? record.key : controlKey(record)
    if (key instanceof Promise)
      throw new SluiceError(
        'KEY_INVALID',
        `controlKey of stream "${this.#stream.name}" returned ${returned(key)}: it must return the key itself`,
      )
    const state = this.#controls.get(key)
    if (state === undefined && join === 'keyed') this.#checkPlace(record, key)
    if (state === undefined || this.#clock === undefined) return state?.current
    if (join === 'broadcast') return inForce(state, time)
    const now = reached(state, time)
    if (now === state) return state.current
    this.#controls.put(key, now)
    const { from } = now.current as HeldControl<unknown>
    const { key: serde } = this.#stream.control
    this.#events.tell('effective', record, { key: serde.serialize(key), facts: { key: keyTextOf(this.#stream, key), from } })
    return now.current
  }

  /** Counts a record whose control, if there is one, is kept by another task. */
  #checkPlace({ partition }: StreamRecord, key: unknown): void {
    const { name, control } = this.#stream
    if (this.#context.partitionOf(control.topic, control.key.serialize(key)) === partition) return
    this.#context.metrics.figure(unsteeredData, [name]).add(1)
  }
}
