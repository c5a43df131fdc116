import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { defaultModelFactory, ModelGuard } from '../../models/index.ts'
import type { ServingOptions } from '../../serving/index.ts'
import type { TestRecord } from '../../topology/index.ts'
import { formatLoader, heldBytes, pickyLoader } from './held-format.ts'
import { type Result, type ServingDriver, shiftedSum, wine, withDirectory, withServing } from './serving-driver.ts'

export const brief = (results: readonly Result[]): unknown[][] =>
  results.map(({ dataType, status, inputOffset }) => [dataType, status, inputOffset])

export interface HeldServing {
  readonly serving: ServingDriver
  /** Puts another held model in the place of `evil`'s, which the given file holds. */
  readonly replace: (scores: string, effectiveFrom?: number) => Promise<void>
  /** Files that hold a load or a score as long as they are there. */
  readonly hold: (what: string) => Promise<void>
  readonly release: (what: string) => Promise<void>
  /** A model that is held by the same files. */
  readonly bytes: Uint8Array
}

/** `good` has a light model, `evil` a held one. */
export function withHeld(
  use: (held: HeldServing) => Promise<void>,
  quarantineAfter = 3,
  options: Partial<ServingOptions> = {},
): Promise<void> {
  return withDirectory(async directory => {
    const file = (what: string): string => join(directory, what)
    const factory = defaultModelFactory().register('HELD', formatLoader).register('PICKY', pickyLoader)
    const guard = new ModelGuard({ factory, scoreDeadlineMs: 20_000, quarantineAfter })
    const bytes = heldBytes({ loads: file('loads'), scores: file('scores') })
    const release = (what: string): Promise<void> => rm(file(what), { force: true })
    try {
      await withServing(
        async serving => {
          await serving.publish({ dataType: 'good', bytes: shiftedSum(1) })
          await serving.publish({ dataType: 'evil', bytes })
          assert.equal(serving.deadLetters(), [])
          try {
            await use({
              serving,
              replace: (scores, effectiveFrom = 0) =>
                serving.publish({ dataType: 'evil', bytes: heldBytes({ loads: file('loads'), scores: file(scores) }), effectiveFrom }),
              hold: what => writeFile(file(what), ''),
              release,
              bytes,
            })
          } finally {
            await Promise.all(['loads', 'scores', 'later scores'].map(release))
          }
        },
        { ...options, guard, factory },
        { topicConfigs: { results: { 'max.message.bytes': '2000' } } },
      )
    } finally {
      guard.close()
    }
  })
}

export const both = (...alcohols: readonly number[]): TestRecord[] =>
  alcohols.flatMap(alcohol => [wine('evil', alcohol), wine('good', alcohol)])
