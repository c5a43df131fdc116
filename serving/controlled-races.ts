import { messageOf } from '../base/index.ts'
import type { ModelRoutes, ModelState, ModelVersion } from '../stores/index.ts'
import { type Decider, loadDecider, type RacingModel } from './deciders/index.ts'
import type { SpeculativePolicy } from './options/index.ts'
import { racingPolicy, refused } from './policies/index.ts'
import type { ServingOptions } from './serving-options.ts'

type DeciderOptions = Pick<ServingOptions, 'deciderRoots'>

/** The models of a policy, before any version of them is known. */
export function racingModels({ models }: SpeculativePolicy): readonly RacingModel[] {
  return models.map(({ model, weight, metrics }) => ({ name: String(model), version: 0, weight, metrics }))
}

/** The decider of a policy, tried. Throws CONFIG_INVALID. */
export function deciderOf(policy: SpeculativePolicy, { deciderRoots = [] }: DeciderOptions): Promise<Decider> {
  return loadDecider(policy.decider, { roots: deciderRoots, models: racingModels(policy) })
}

/** The same, of a policy that another instance has accepted: one that cannot be made here decides nothing, and every result says why. */
export async function acceptedDecider(policy: SpeculativePolicy, options: DeciderOptions): Promise<Decider> {
  try {
    return await deciderOf(policy, options)
  } catch (error) {
    const fail = (): never => {
      throw error
    }
    return { name: policy.decider.kind, start: fail, onResult: fail, onTimeout: fail }
  }
}

/** The policy that the settings give the data type; undefined: none. */
export function configuredPolicy({ policies }: Pick<ServingOptions, 'policies'>, dataType: string): SpeculativePolicy | undefined {
  return policies !== undefined && Object.hasOwn(policies, dataType) ? policies[dataType] : undefined
}

/** Throws CONTROL_REFUSED for races that this instance cannot hold: the settings have others for the data type, or their decider fails its trial. */
export async function tryRaces(
  options: DeciderOptions & Pick<ServingOptions, 'policies'>,
  { dataType, routes, versions }: { readonly dataType: string; readonly routes: ModelRoutes; readonly versions: readonly ModelVersion[] },
): Promise<void> {
  const policy = racingPolicy(routes, versions)
  if (policy === undefined) return
  if (configuredPolicy(options, dataType) !== undefined)
    throw refused('the races of the data type are set by the setting "policies" of the instances')
  try {
    await deciderOf(policy, options)
  } catch (error) {
    throw refused(messageOf(error), error)
  }
}

interface Known {
  readonly state: ModelState
  readonly text: string
  readonly policy: SpeculativePolicy
}

/** The policies of races that control records have set, by data type: the same object as long as it says the same. */
export class ControlledRaces {
  readonly #known = new Map<string, Known>()

  /** undefined: the data type's records do not race. */
  of(state: ModelState | undefined): SpeculativePolicy | undefined {
    const routing = state?.routing
    if (state === undefined || routing === undefined || routing.racers.length === 0 || routing.champion !== state.current) return undefined
    const { dataType, versions } = state
    const known = this.#known.get(dataType)
    if (known?.state === state) return known.policy
    const made = racingPolicy(routing, versions) as SpeculativePolicy
    const text = JSON.stringify(made)
    const policy = known?.text === text ? known.policy : made
    this.#known.set(dataType, { state, text, policy })
    return policy
  }

  /** The data type's records do not race any more. */
  forget(dataType: string): void {
    this.#known.delete(dataType)
  }
}
