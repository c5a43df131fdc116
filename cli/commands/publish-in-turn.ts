import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, SluiceError } from '../../base/index.ts'
import { note } from '../output.ts'
import { modelsIn } from './model-file.ts'

export interface Turns {
  /** The time from one model to the next. */
  readonly everyMs: number
  /** Whether it begins again after the last model. */
  readonly loop: boolean
  readonly signal: AbortSignal
  /** Publishes one model. It calls `before` when nothing but writing is left, and writes nothing if the signal has aborted then. */
  readonly publish: (model: string, before: () => Promise<void>) => Promise<void>
}

/**
 * Publishes the models of a directory in turn, until the last or, in a loop, until the signal aborts. A file that cannot be published is told once,
 * and passed over. Returns the number of such files. Throws SluiceError INPUT_INVALID if no model can be published.
 */
export async function publishInTurn(path: string, { everyMs, loop, signal, publish }: Turns): Promise<number> {
  const refused = new Set<string>()
  let published = 0
  const dueNext = async (): Promise<void> => {
    if (published > 0) await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
  for (;;) {
    const before = published
    for (const model of modelsIn(path)) {
      if (signal.aborted) break
      try {
        await publish(model, dueNext)
        if (!signal.aborted) published++
      } catch (error) {
        if (!(error instanceof SluiceError) || error.fault !== 'record') throw error
        if (!refused.has(model)) note(`${model} is not published: ${messageOf(error)}`)
        refused.add(model)
      }
    }
    if (published === before && !signal.aborted) throw new SluiceError('INPUT_INVALID', `${path} has no model that can be published`)
    if (!loop || signal.aborted) break
  }
  note(`models published: ${published}`)
  return refused.size
}
