/** Ways in which a topology can be wrong on purpose, for one result in a thousand: a run with one must fail, otherwise the checker sees nothing. */
export const sabotages = ['lose', 'double', 'backwards'] as const

export type Sabotage = (typeof sabotages)[number]

/** What stands behind the data processor: a saboteur, or the processor that forwards odd things. */
export type Alteration = Sabotage | 'odd'

export function isAlteration(text: string): text is Alteration {
  return text === 'odd' || (sabotages as readonly string[]).includes(text)
}
