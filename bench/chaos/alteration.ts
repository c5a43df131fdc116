/** Deliberate faults of a topology, applied to one result in a thousand. A run with one of them must fail; otherwise the checker is broken. */
export const sabotages = ['lose', 'double', 'backwards', 'swap', 'miscount'] as const

export type Sabotage = (typeof sabotages)[number]

/** What follows the data processor: a counter, and behind it what forwards odd values, or a saboteur. */
export type Alteration = Sabotage | 'odd' | 'count'

export function isAlteration(text: string): text is Alteration {
  return text === 'odd' || text === 'count' || (sabotages as readonly string[]).includes(text)
}
