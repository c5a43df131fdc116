import { ByteReader, ByteWriter, SluiceError, varbytesSize, varintSize, varlongSize } from '../base/index.ts'
import { asBuffer, type Serde } from '../records/index.ts'

/** The place of a record in its topic. */
export interface ControlPlace {
  /** The partition of the control topic. */
  readonly partition: number
  /** The offset in the partition. */
  readonly offset: number
}

/** An accepted control. */
export interface HeldControl<C> extends ControlPlace {
  /** The control, as `onControl` returned it. */
  readonly control: C
  /** The event time, ms since the epoch, from which it is in force. */
  readonly from: number
}

/** Why the newest control of a key was refused. */
export interface RefusedControl extends ControlPlace {
  /** The rule that refused it. */
  readonly rule: string
  /** What the rule said. */
  readonly reason: string
}

/** What the control store holds of a key. */
export interface ControlState<C> {
  /** The control in force; undefined: the default holds. */
  readonly current: HeldControl<C> | undefined
  /** Controls that are in force from a later event time, the earliest first. */
  readonly waiting: readonly HeldControl<C>[]
  /** The newest record of the key that was accepted or refused. */
  readonly last: ControlPlace
  /** Set while the newest record of the key was refused. */
  readonly refused: RefusedControl | undefined
}

/** Most controls of a key that wait for their time. */
export const mostWaiting = 100

/** The control that is in force for a data record, when the event time of its partition has reached `time`. */
export function inForce<C>(state: ControlState<C> | undefined, time: number): HeldControl<C> | undefined {
  if (state === undefined) return undefined
  const { waiting } = state
  for (let at = waiting.length - 1; at >= 0; at--) if ((waiting[at] as HeldControl<C>).from <= time) return waiting[at]
  return state.current
}

/** The state once `time` is reached: what was waiting for it is in force. The same object if nothing was. */
export function reached<C>(state: ControlState<C>, time: number): ControlState<C> {
  const [first] = state.waiting
  if (first === undefined || first.from > time) return state
  return { ...state, current: inForce(state, time), waiting: state.waiting.filter(({ from }) => from > time) }
}

/** The state with room for one more that waits: when there are too many, the earliest is in force if its time is past at `time`. */
export function withRoom<C>(state: ControlState<C>, time: number): ControlState<C> {
  const [first, ...rest] = state.waiting
  return first === undefined || rest.length + 1 < mostWaiting || first.from > time ? state : { ...state, current: first, waiting: rest }
}

/** The state with a control that is in force at once. It replaces those that were to come into force before it was written. */
export function withCurrent<C>(state: ControlState<C> | undefined, current: HeldControl<C>): ControlState<C> {
  const waiting = (state?.waiting ?? []).filter(({ from }) => from > current.from)
  return { current, waiting, last: placeOf(current), refused: undefined }
}

/** The state with a control that waits for its time. It replaces another one of the same time. */
export function withWaiting<C>(state: ControlState<C> | undefined, next: HeldControl<C>): ControlState<C> {
  const waiting = [...(state?.waiting ?? []).filter(({ from }) => from !== next.from), next].toSorted((a, b) => a.from - b.from)
  return { current: state?.current, waiting, last: placeOf(next), refused: undefined }
}

/** The state after the refusal of a control: what held goes on. */
export function withRefused<C>(state: ControlState<C> | undefined, refused: RefusedControl): ControlState<C> {
  return { current: state?.current, waiting: state?.waiting ?? [], last: placeOf(refused), refused }
}

function placeOf({ partition, offset }: ControlPlace): ControlPlace {
  return { partition, offset }
}

/** The first byte of a row: another one will mean another form of the rest. */
const rowForm = 1
/** Bytes of an event time. */
const timeBytes = 8

/**
 * The rows of the control store: the form, the place of the newest record, its refusal (the rule is null if there is none), then the controls, each with
 * its time, its place and its length; that in force is first, and has no bytes if there is none.
 */
export function controlStateSerde<C>(control: Serde<C>): Serde<ControlState<C>> {
  return {
    serialize({ current, waiting, last, refused }) {
      const held = [current, ...waiting].map(each => ({ ...(each ?? nothing), bytes: each && control.serialize(each.control) }))
      const rule = refused === undefined ? null : refused.rule
      const sizes = held.map(each => timeBytes + placeSize(each) + varbytesSize(each.bytes))
      const head = 1 + placeSize(last) + varbytesSize(rule) + varbytesSize(refused?.reason)
      const writer = new ByteWriter(sizes.reduce((sum, size) => sum + size, head))
      writer.int8(rowForm)
      writePlace(writer, last)
      writer.varbytes(rule)
      writer.varbytes(refused?.reason)
      for (const each of held) {
        writer.at = writer.buffer.writeDoubleBE(each.from, writer.at)
        writePlace(writer, each)
        writer.varbytes(each.bytes)
      }
      return writer.buffer
    },
    deserialize(bytes) {
      const buffer = asBuffer(bytes)
      if (buffer[0] !== rowForm)
        throw new SluiceError('RECORD_UNDECODABLE', `a row of a control store has the form ${buffer[0]}, which this version does not know`)
      const reader = new ByteReader(buffer, 1)
      const last = readPlace(reader)
      const [rule, reason] = [reader.varbytes(), reader.varbytes()]
      const refused = rule === null ? undefined : { rule: String(rule), reason: String(reason), ...last }
      const current = readHeld(reader, control)
      const waiting: HeldControl<C>[] = []
      while (reader.at < buffer.length) waiting.push(readHeld(reader, control) as HeldControl<C>)
      return { current, waiting, last, refused }
    },
  }
}

const nothing = { from: 0, partition: 0, offset: 0 }

function readHeld<C>(reader: ByteReader, control: Serde<C>): HeldControl<C> | undefined {
  const from = reader.buffer.readDoubleBE(reader.at)
  reader.at += timeBytes
  const { partition, offset } = readPlace(reader)
  const bytes = reader.varbytes()
  return bytes === null ? undefined : { control: control.deserialize(bytes), from, partition, offset }
}

function placeSize({ partition, offset }: ControlPlace): number {
  return varintSize(partition) + varlongSize(offset)
}

function writePlace(writer: ByteWriter, { partition, offset }: ControlPlace): void {
  writer.varint(partition)
  writer.varlong(offset)
}

function readPlace(reader: ByteReader): ControlPlace {
  return { partition: reader.varint(), offset: reader.varlong() }
}
