import type { SluiceStreams } from '../../topology/runtime/index.ts'
import { eventually } from './fixture.ts'

/** The sum of the series of a counter with these labels. Throws if the application does not have the counter. */
export async function counted(app: SluiceStreams, name: string, wanted: Readonly<Record<string, string>> = {}): Promise<number> {
  const family = (await app.metrics()).find(each => each.name === name)
  if (family === undefined) throw new Error(`there is no ${name}`)
  const matching = family.samples.filter(({ labels }) =>
    Object.entries(wanted).every(([label, value]) => labels[family.labels.indexOf(label)] === value),
  )
  return matching.reduce((sum, { value }) => sum + value, 0)
}

/** Waits until the counter is at least `least`. The counts of a worker arrive with the next request. */
export function countedAtLeast(
  app: SluiceStreams,
  name: string,
  wanted: Readonly<Record<string, string>> = {},
  least = 1,
): Promise<number> {
  return eventually(
    () => counted(app, name, wanted),
    count => count >= least,
  )
}
