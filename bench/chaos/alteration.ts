/** Deliberate faults of a topology, applied to one result in a thousand. A run with one of them must fail; otherwise the checker is broken. */
export const sabotages = ['lose', 'double', 'backwards'] as const

export type Sabotage = (typeof sabotages)[number]

/** The processor after the data processor: a saboteur, or the one that forwards odd values. */
export type Alteration = Sabotage | 'odd'

export function isAlteration(text: string): text is Alteration {
  return text === 'odd' || (sabotages as readonly string[]).includes(text)
}
