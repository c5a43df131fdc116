import { ByteReader, ByteWriter, varbytesSize } from '../base/index.ts'
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

type Facts = readonly [from: number, partition: number, offset: number]

/** The first part of a row; the controls follow it in the serde's bytes, that in force first. */
interface Head {
  readonly current: Facts | null
  readonly waiting: readonly Facts[]
  readonly last: readonly [partition: number, offset: number]
  readonly refused?: readonly [rule: string, reason: string]
}

/** The rows of the control store: a JSON head, then the controls as the given serde writes them, each with its length. */
export function controlStateSerde<C>(control: Serde<C>): Serde<ControlState<C>> {
  return {
    serialize({ current, waiting, last, refused }) {
      const head: Head = {
        current: current === undefined ? null : factsOf(current),
        waiting: waiting.map(factsOf),
        last: [last.partition, last.offset],
        ...(refused === undefined ? {} : { refused: [refused.rule, refused.reason] }),
      }
      const held = current === undefined ? waiting : [current, ...waiting]
      const parts = [Buffer.from(JSON.stringify(head)), ...held.map(each => control.serialize(each.control))]
      const writer = new ByteWriter(parts.reduce((size, part) => size + varbytesSize(part), 0))
      for (const part of parts) writer.varbytes(part)
      return writer.buffer
    },
    deserialize(bytes) {
      const reader = new ByteReader(asBuffer(bytes))
      const head = JSON.parse(String(reader.varbytes())) as Head
      const held = ([from, partition, offset]: Facts): HeldControl<C> => ({
        control: control.deserialize(reader.varbytes() as Buffer),
        from,
        partition,
        offset,
      })
      const current = head.current === null ? undefined : held(head.current)
      const waiting = head.waiting.map(held)
      const [partition, offset] = head.last
      const refused = head.refused === undefined ? undefined : { rule: head.refused[0], reason: head.refused[1], partition, offset }
      return { current, waiting, last: { partition, offset }, refused }
    },
  }
}

function factsOf<C>({ from, partition, offset }: HeldControl<C>): Facts {
  return [from, partition, offset]
}
