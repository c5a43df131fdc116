import { SluiceError } from '../../base/sluice-error.ts'
import type { ControlPlace, ControlState } from '../../control/index.ts'
import type { ControlService } from '../../rest/index.ts'
import { type MemoryGroup, STORE } from './memory-group.ts'

/** Controls in the store of a memory group, applied as soon as they are written. Numbers above 100 are refused. */
export class MemoryControls implements ControlService {
  readonly name: string
  readonly store = STORE
  readonly topic = 'controls'
  /** Whether records are applied at all. */
  applies = true
  /** Number of records so far. */
  written = 0
  readonly #group: () => MemoryGroup

  constructor(group: () => MemoryGroup, name = 'numbers') {
    this.#group = group
    this.name = name
  }

  valueOf(json: unknown): Uint8Array {
    if (typeof json !== 'number') throw new SluiceError('INPUT_INVALID', 'not a number')
    return Buffer.from(String(json))
  }

  /** Those that were written while `applies` are applied. */
  applied(): Promise<number> {
    return Promise.resolve(this.applies ? this.written : 0)
  }

  write(key: string, value: Uint8Array | null): Promise<ControlPlace> {
    const place = { partition: 0, offset: this.written++ }
    if (!this.applies) return Promise.resolve(place)
    const group = this.#group()
    const rows = group.partitions[group.partitionOf(key)]
    const control = Number(value === null ? NaN : Buffer.from(value).toString())
    const before = rows?.get(key) as ControlState<number> | undefined
    if (value === null) rows?.delete(key)
    else if (control > 100)
      group.put(key, {
        current: before?.current,
        waiting: before?.waiting ?? [],
        last: place,
        refused: { rule: 'at most 100', reason: 'more', ...place },
      })
    else if (control < 0)
      group.put(key, { current: before?.current, waiting: [{ control, from: 9e12, ...place }], last: place, refused: undefined })
    else group.put(key, { current: { control, from: 0, ...place }, waiting: [], last: place, refused: undefined })
    return Promise.resolve(place)
  }
}
