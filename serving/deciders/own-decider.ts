import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isObject } from '../../base/options/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import { type DeciderChoice, knownDecider, type OwnDecider } from './decider-choice.ts'
import type { Decider, RacingModel, Step, Verdict } from './decider.ts'
import { tryDecider } from './try-decider.ts'

/** What a policy's decider is made for. */
export interface DeciderPlace {
  /** The directories in which modules of deciders may be; empty: none is loaded. */
  readonly roots: readonly string[]
  /** The models that it will decide between. */
  readonly models: readonly RacingModel[]
}

/**
 * Makes a policy's decider, and tries it on made-up results. A user's module is imported from an allowed directory, in which its real path must lie.
 * Throws CONFIG_INVALID if it may not or cannot be loaded, or if the trial fails.
 */
export async function loadDecider(chosen: DeciderChoice, { roots, models }: DeciderPlace): Promise<Decider> {
  const decider = chosen.kind === 'module' ? checked(await imported(chosen, roots)) : knownDecider(chosen)
  tryDecider(decider, models)
  return decider
}

async function imported({ module, options }: OwnDecider, roots: readonly string[]): Promise<Decider> {
  const refused = (why: string, cause?: unknown): SluiceError =>
    new SluiceError('CONFIG_INVALID', `the decider's module ${JSON.stringify(module)} cannot be used: ${why}`, { cause })
  const path = await allowedPath(module, roots)
  if (path === undefined) throw refused(`it is no file below ${roots.join(', ') || 'an allowed directory: none is configured'}`)
  try {
    const { default: given } = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
    const decider: unknown = typeof given === 'function' ? (given as (options: unknown) => unknown)(options) : given
    if (isDecider(decider)) return decider
  } catch (error) {
    throw refused(messageOf(error), error)
  }
  throw refused('its default export is neither a decider (start, onResult, onTimeout) nor a function that returns one')
}

/** The module's real path, if it is a file with one name below one of the roots. A root that does not exist contains nothing. */
async function allowedPath(module: string, roots: readonly string[]): Promise<string | undefined> {
  for (const root of roots) {
    try {
      const real = await realpath(root)
      const path = await realpath(isAbsolute(module) ? module : join(real, module))
      const found = await stat(path)
      if (path.startsWith(real.endsWith(sep) ? real : real + sep) && found.isFile() && found.nlink === 1) return path
    } catch {
      continue
    }
  }
  return undefined
}

function isDecider(value: unknown): value is Decider {
  if (typeof value !== 'object' || value === null) return false
  return (['start', 'onResult', 'onTimeout'] as const).every(name => typeof (value as Decider)[name] === 'function')
}

/** The decider, whose answers are checked: what is no verdict counts as if it had thrown. */
function checked(decider: Decider): Decider {
  return {
    name: typeof (decider.name as unknown) === 'string' ? decider.name : 'module',
    start: models => decider.start(models),
    onResult(state, result) {
      const step: unknown = decider.onResult(state, result)
      if (!isObject(step)) throw new TypeError('onResult returned no object with a state')
      const { verdict } = step as unknown as Step<unknown>
      if (verdict !== undefined) checkVerdict(verdict)
      return step as unknown as Step<unknown>
    },
    onTimeout(state) {
      const verdict = decider.onTimeout(state)
      if (verdict !== undefined) checkVerdict(verdict)
      return verdict
    },
  }
}

function checkVerdict(verdict: Verdict): void {
  const { score, label, outputs, contributors } = isObject(verdict) ? verdict : ({} as Partial<Verdict>)
  if (typeof score !== 'number') throw new TypeError('a verdict without a number as its score')
  if (label !== undefined && typeof label !== 'string') throw new TypeError('a verdict whose label is no text')
  if (!Array.isArray(outputs)) throw new TypeError('a verdict without a list of outputs')
  if (!Array.isArray(contributors) || contributors.some(place => !Number.isSafeInteger(place)))
    throw new TypeError('a verdict without a list of the places of its contributors')
}
