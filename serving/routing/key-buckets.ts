import { SluiceError } from '../../base/index.ts'
import { shownValue } from '../../base/options/index.ts'
import { mixed, textHash } from './key-hash.ts'

/** A model that gets a share of the keys. */
export interface Challenger {
  /** What it is known by as long as it is a challenger, such as its version. The same id gets the same keys, whatever else changes. */
  readonly id: string | number
  /** Its share of all keys, above 0 and at most 1. */
  readonly weight: number
}

/** How far rounding may bring the sum of the weights above 1. */
const rounding = 1e-9
/** The champion's id: it stays when another model becomes the champion, so that the challengers keep their keys. */
const championId = 'champion'

/**
 * The models of a data type, each with a share of the keys: the challengers as much as they weigh, the champion the rest. Weighted rendezvous
 * hashing: of two models, a key goes to the one with the larger weight / -ln(hash of key and model). A key is therefore always with the same model,
 * on every instance; and when a weight changes, keys move to the model that weighs more, or away from the one that weighs less.
 */
export class KeyBuckets {
  /** The challengers, as they were given. */
  readonly challengers: readonly Challenger[]
  readonly #seeds: Uint32Array
  readonly #weights: Float64Array
  readonly #championSeed = textHash(championId)
  readonly #championWeight: number

  /** Throws CONFIG_INVALID for a weight that is not above 0, weights that are more than 1 together, or an id that is there twice. */
  constructor(challengers: readonly Challenger[]) {
    if (!Array.isArray(challengers))
      throw refused(`challengers ${shownValue(challengers)} are not allowed; allowed: a list of objects of id and weight`)
    let sum = 0
    for (const { id, weight } of challengers) {
      if (!(weight > 0 && weight <= 1)) throw refused(`challenger ${JSON.stringify(id)} has weight ${weight}; allowed: above 0, at most 1`)
      sum += weight
    }
    if (sum > 1 + rounding) throw refused(`the challengers weigh ${sum} together; allowed: at most 1, of which the champion has the rest`)
    if (new Set(challengers.map(({ id }) => String(id))).size < challengers.length) throw refused('a challenger is named twice')
    this.challengers = challengers
    this.#seeds = Uint32Array.from(challengers, ({ id }) => textHash(`challenger ${id}`))
    this.#weights = Float64Array.from(challengers, ({ weight }) => weight)
    this.#championWeight = 1 - sum > rounding ? 1 - sum : 0
  }

  /** The place of the challenger that the key's hash belongs to; -1: the champion, as for records without a hash. Allocates nothing. */
  at(hash: number | undefined): number {
    if (hash === undefined || this.#weights.length === 0) return -1
    let best = -1
    let most = this.#championWeight / draw(hash, this.#championSeed)
    for (let at = 0; at < this.#weights.length; at++) {
      const strength = (this.#weights[at] as number) / draw(hash, this.#seeds[at] as number)
      if (strength > most) {
        most = strength
        best = at
      }
    }
    return best
  }
}

/** A number of key and model that is distributed like the waiting time for an event: -ln of a number between 0 and 1. */
function draw(hash: number, seed: number): number {
  return -Math.log((mixed(mixed(hash ^ seed) + seed) + 0.5) / 2 ** 32)
}

function refused(why: string): SluiceError {
  return new SluiceError('CONFIG_INVALID', `the weights of the models cannot be used: ${why}`)
}
