import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../base/index.ts'
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
 * and passed over. A loop that has begun goes on when there is no model for a while. Returns the number of files that could not be published. Throws
 * SluiceError INPUT_INVALID if no model can be published to begin with.
 */
export async function publishInTurn(path: string, { everyMs, loop, signal, publish }: Turns): Promise<number> {
  const told = new Set<string>()
  const refused = new Set<string>()
  let published = 0
  const tell = (text: string): void => {
    if (!told.has(text)) note(text)
    told.add(text)
  }
  const due = (): Promise<void> => sleep(everyMs, undefined, { signal }).catch(() => undefined)
  const dueNext = async (): Promise<void> => {
    if (published > 0) await due()
  }
  const round = async (): Promise<void> => {
    for (const model of models(path, published > 0 ? tell : undefined)) {
      if (signal.aborted) break
      try {
        await publish(model, dueNext)
        if (!signal.aborted) published++
      } catch (error) {
        if (!isOfFile(error)) throw error
        // A file that was taken away before its turn is none that cannot be published.
        if (published > 0 && !models(path, () => undefined).includes(model)) continue
        if (!refused.has(model)) note(`${model} is not published: ${error.message}`)
        refused.add(model)
      }
    }
  }
  for (;;) {
    const before = published
    await round()
    if (signal.aborted) break
    if (published === 0) throw new SluiceError('INPUT_INVALID', `${path} has no model that can be published`)
    if (!loop) break
    if (published === before) await due()
  }
  note(`models published: ${published}`)
  return refused.size
}

/** The models that are there now. With `tell`, a directory that cannot be read is told, and has none. */
function models(path: string, tell: ((text: string) => void) | undefined): readonly string[] {
  try {
    return modelsIn(path)
  } catch (error) {
    if (tell === undefined || !isOfFile(error)) throw error
    tell(`${error.message}: it is looked at again each time`)
    return []
  }
}

function isOfFile(error: unknown): error is SluiceError {
  return error instanceof SluiceError && error.fault === 'record'
}
