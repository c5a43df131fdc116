import { isObject } from '../../base/options/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import { type ModelRoutes, type ModelState, type ModelVersion, racerRef, versionMeant } from '../../stores/index.ts'
import type { DeciderChoice } from '../deciders/index.ts'
import { checkedPolicy, type PolicyModel, type SpeculativePolicy } from '../options/index.ts'
import { refused } from './refused.ts'

/** The races that the routes of a data type ask for, as the setting `policies` says them; undefined: no models race. Of `best` by a metric, that of the version counts. */
export function racingPolicy(routes: ModelRoutes, versions: readonly ModelVersion[]): SpeculativePolicy | undefined {
  const { racers, budgetMs, decider, fallback } = routes
  if (racers.length === 0) return undefined
  const models = racers.map((racer): PolicyModel => {
    const model = racerRef(racer)
    const metrics = versionMeant(versions, model)?.metrics
    return { model, ...(racer.weight === 0 ? {} : { weight: racer.weight }), ...(metrics === undefined ? {} : { metrics }) }
  })
  return { models, budgetMs, decider: deciderOf(decider), ...(fallback === 0 ? {} : { fallback }) }
}

/** Throws CONTROL_REFUSED for races that cannot be held: an unknown decider or rule, a budget out of bounds, a model that there is not. */
export function checkRaces({ dataType, versions }: ModelState, routes: ModelRoutes): void {
  const { racers, decider, budgetMs } = routes
  if (racers.length === 0) {
    if (decider === '' && budgetMs === 0) return
    throw refused('it has a decider or a budget, and names no racers that it would be for')
  }
  if (decider === '') throw refused('it names racers, and no decider for them')
  const meant = racers.map(racer => {
    const ref = racerRef(racer)
    const version = versionMeant(versions, ref)?.version
    if (version === undefined) throw refused(`no version in use is named ${JSON.stringify(ref)}, which would race`)
    return version
  })
  const twice = meant.find((version, at) => meant.indexOf(version) < at)
  if (twice !== undefined) throw refused(`version ${twice} would race twice`)
  try {
    checkedPolicy(dataType, racingPolicy(routes, versions))
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    throw refused(error.message, error)
  }
}

/** The decider that the text names. What it says is checked by `checkedPolicy`. */
function deciderOf(text: string): DeciderChoice {
  if (!text.startsWith('{')) return { kind: text } as DeciderChoice
  try {
    const given: unknown = JSON.parse(text)
    if (isObject(given)) return given as unknown as DeciderChoice
  } catch (error) {
    throw new SluiceError('CONFIG_INVALID', `the decider is no JSON: ${messageOf(error)}`, { cause: error })
  }
  throw new SluiceError('CONFIG_INVALID', 'the decider is no JSON object')
}
