import { countBeyond } from '../../base/limits/index.ts'
import { RestError } from './errors.ts'

/** Which part of the places may be taken by requests whose bodies have not arrived. */
const receivingShare = 3 / 4
/** A body that has been arriving for longer gives its place to another request that needs one, ms. */
const slowAfterMs = 1000

/** The place of one request. */
export interface Place {
  /** The body begins to arrive; `cut` ends the request, if another one needs the place. Throws BUSY. */
  receives(cut: (error: RestError) => void): void
  /** The body has arrived, or never will. */
  received(): void
  release(): void
}

interface Receiving {
  readonly since: number
  readonly cut: (error: RestError) => void
}

/**
 * The requests in progress. Senders of slow bodies cannot take all places: they have a part of them, and beyond it, or beyond all places, the body that has been
 * arriving for the longest time is given up.
 */
export class Places {
  readonly #most: number
  readonly #taken = new Set<Place>()
  /** The longest first. */
  readonly #receiving = new Map<Place, Receiving>()

  constructor(most: number) {
    this.#most = most
  }

  /** Throws BUSY. */
  take(): Place {
    if (this.#taken.size >= this.#most && !this.#cutSlowest()) throw this.#busy()
    const place: Place = {
      receives: cut => this.#receives(place, cut),
      received: () => void this.#receiving.delete(place),
      release: () => {
        this.#receiving.delete(place)
        this.#taken.delete(place)
      },
    }
    this.#taken.add(place)
    return place
  }

  #receives(place: Place, cut: Receiving['cut']): void {
    if (this.#receiving.size >= Math.ceil(this.#most * receivingShare) && !this.#cutSlowest()) throw this.#busy()
    this.#receiving.set(place, { since: performance.now(), cut })
  }

  /** False: none has been arriving for long. */
  #cutSlowest(): boolean {
    const [slowest] = this.#receiving
    if (slowest === undefined) return false
    const [place, { since, cut }] = slowest
    const milliseconds = Math.round(performance.now() - since)
    if (milliseconds < slowAfterMs) return false
    place.release()
    countBeyond('rest_slow_bodies')
    cut(
      new RestError('BODY_LATE', `the body had not arrived after ${milliseconds} ms, and another request needed its place: send it faster`),
    )
    return true
  }

  #busy(): RestError {
    countBeyond('rest_requests')
    return new RestError('BUSY', `${this.#most} requests are in progress, the maximum: try again later`)
  }
}
