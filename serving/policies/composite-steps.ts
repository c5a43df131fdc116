import { type ModelRoutes, type ModelState, type ModelStep, type ModelVersion, routingOf } from '../../stores/index.ts'
import { refused } from './refused.ts'

/** How many models a composite has. */
const count = 2

/** The steps of a composite, or none. Throws CONTROL_REFUSED if they do not fit each other, which is known of every version. */
export function checkedSteps({ versions }: Pick<ModelState, 'versions'>, steps: readonly ModelStep[]): readonly ModelStep[] {
  if (steps.length === 0) return steps
  if (steps.length !== count) throw refused(`it names ${steps.length} steps; a composite has ${count}: one model, then another`)
  const found = steps.map(({ version }) => versions.find(each => each.version === version) as ModelVersion)
  const [first, second] = found as [ModelVersion, ModelVersion]
  if (first.takes !== undefined) throw refused(`${told(first)} takes the outputs of another model, so it cannot be the first step`)
  if (second.takes === undefined)
    throw refused(`${told(second)} takes no outputs of another model: publish it with "after", the name of the first step`)
  if (first.gives === undefined)
    throw refused(`what ${told(first)} gives is known only after a run, or an older build has not kept it: publish it again`)
  const faults = second.takes.flatMap(({ name, kind }) => {
    const given = first.gives?.find(each => each.name === name)
    if (given === undefined) return [`${name} (${kind}) is missing`]
    return given.kind === kind ? [] : [`${name} is a ${given.kind}, and should be a ${kind}`]
  })
  if (faults.length === 0) return steps
  const gives = first.gives.map(({ name }) => name).join(', ')
  throw refused(`the outputs of ${told(first)} are not what ${told(second)} takes: ${faults.join('; ')}; it gives ${gives}`)
}

/** Throws CONTROL_REFUSED for a version that cannot score the record alone. */
export function checkTakesRecord(version: ModelVersion): ModelVersion {
  if (version.takes === undefined) return version
  throw refused(`${told(version)} takes the outputs of another model: only the steps of a policy run both`)
}

/** The routes with the version in the place of the step of its name; undefined: no step goes by that name. Throws CONTROL_REFUSED if it does not fit. */
export function withStep(state: ModelState, { version, name }: ModelVersion): ModelRoutes | undefined {
  const routing = routingOf(state)
  const at = routing.steps.findIndex(step => step.name !== '' && step.name === name)
  if (at < 0) return undefined
  const steps = checkedSteps(state, routing.steps.with(at, { version, name }))
  const fallback = routing.fallback === version ? 0 : routing.fallback
  return { ...routing, fallback, steps, champion: (steps.at(-1) as ModelStep).version }
}

/** The steps of the policy, for people. */
export function toldSteps({ versions }: ModelState, steps: readonly ModelStep[]): string {
  return steps.map(({ version }) => versions.find(each => each.version === version)?.name ?? version).join(' then ')
}

function told({ name, version }: ModelVersion): string {
  return `model "${name}" version ${version}`
}
