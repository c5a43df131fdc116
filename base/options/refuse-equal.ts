import { SluiceError } from '../sluice-error.ts'
import type { OptionSubject } from './checked-options.ts'
import { shownValue } from './shown-value.ts'

/** Throws for the first option with the same topic as one before it, and names both; undefined: there is none. The code: see `OptionSubject`. */
export function refuseEqualTopics(
  { of, code = 'CONFIG_INVALID' }: OptionSubject,
  topics: Readonly<Record<string, string | undefined>>,
): void {
  const names = new Map<string, string>()
  for (const [name, topic] of Object.entries(topics)) {
    if (topic === undefined) continue
    const same = names.get(topic)
    if (same !== undefined)
      throw new SluiceError(
        code,
        `${name} ${shownValue(topic)} (option of ${of}) is not allowed; allowed: a topic other than that of ${same}`,
      )
    names.set(topic, name)
  }
}
