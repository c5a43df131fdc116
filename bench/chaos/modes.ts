import { guarantees } from '../../cli/config/index.ts'
import type { Random } from './random.ts'

/** What a run can be made of; what is not given is drawn by the seed. */
export const modeChoices = {
  /** `serve`: sluice serve; `count`: the same with a processor behind that counts, in a store of its own. */
  app: ['serve', 'count'],
  /** How models meet data; with `broadcast` the keys of data are free. */
  join: ['keyed', 'broadcast'],
  guarantee: guarantees,
  threads: [0, 2],
  standbyReplicas: [0, 1],
  /** Data types in each partition. */
  types: [2, 2, 12],
  /** Whether the changelogs are compacted all the time, as hard as Kafka can. */
  compaction: ['off', 'on'],
} as const

export type Modes = { readonly [N in keyof typeof modeChoices]: (typeof modeChoices)[N][number] }

export function drawModes(random: Random, given: Partial<Modes>): Modes {
  const drawn = Object.entries(modeChoices).map(([name, choices]) => [name, random.pick<unknown>(choices)] as const)
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries([...drawn, ...set]) as unknown as Modes
}

export function modesText(modes: Modes): string {
  return Object.entries(modes)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}
