import { countBeyond, limits } from '../base/limits/index.ts'

/** Records of a data type that wait for its shadows, as far as their room is concerned. */
export interface ShadowRecords {
  readonly rows: { readonly length: number }
  readonly bytes: number
  /** Whether they came while shadows of the data type were being called. */
  readonly behind: boolean
}

/** Most that wait in all, and of a data type whose shadows are being called. */
const mostWaiting = 1024
const mostBehind = 256
/** Most with which shadows are being called, with those behind them. */
const mostCalled = limits.shadow_records.most
/** Most bytes of what waits of a data type, and of all that is held. */
const mostBytesOfType = 8 * 1024 * 1024
const mostBytes = 64 * 1024 * 1024

/**
 * Room for the records of a task that wait for shadows, and for those with which shadows are being called, which may take long. Each of the two has its own, so that data types whose
 * shadows take long leave room for others; and there is room for calls of models of this process, which are over soon, where those of others leave none.
 */
export class ShadowRoom {
  /** Of data types whose shadows are not being called. */
  #waiting = 0
  /** With which shadows are being called, and behind those. */
  #called = 0
  #bytes = 0

  /** Takes room for one more record; false: there is none. The caller adds it to `to`. */
  take({ rows, bytes, behind }: ShadowRecords, more: number): boolean {
    if (bytes + more > mostBytesOfType && rows.length > 0) return false
    if (rows.length >= (behind ? mostBehind : mostWaiting) || (!behind && this.#waiting >= mostWaiting)) return false
    if (this.#bytes + more > mostBytes || (behind && this.#called >= mostCalled)) return refused(1)
    this.#bytes += more
    if (behind) this.#called++
    else this.#waiting++
    return true
  }

  /** Whether shadows may be called with the records. false: they have left. `elsewhere`: whether shadows run in processes of their own. */
  call(records: ShadowRecords, elsewhere: boolean): boolean {
    const { rows, behind } = records
    if (behind) return true
    this.#waiting -= rows.length
    this.#called += rows.length
    if (this.#called <= mostCalled + (elsewhere ? 0 : mostWaiting)) return true
    this.leave(records)
    return refused(rows.length)
  }

  /** The shadows have been called with the records. */
  leave({ rows, bytes }: ShadowRecords): void {
    this.#called -= rows.length
    this.#bytes -= bytes
  }
}

function refused(records: number): false {
  countBeyond('shadow_records', records)
  return false
}
