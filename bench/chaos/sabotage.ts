/** Ways in which a topology can be wrong on purpose. */
export const sabotages = ['lose', 'double', 'backwards'] as const

export type Sabotage = (typeof sabotages)[number]

export function isSabotage(text: string): text is Sabotage {
  return (sabotages as readonly string[]).includes(text)
}
