import { SluiceError } from '../base/index.ts'
import type { LoadedModel } from '../models/index.ts'
import type { sluice } from '../proto/messages.js'
import type { ModelState, ModelVersion } from '../stores/index.ts'
import { CompositeModel, type CompositeStep, StepFailed } from './composite/index.ts'
import { modelRecordKey } from './serving-options.ts'

/** The models of a composite whose last one is the version; undefined: the version scores records alone. */
export function stepsOf(state: ModelState, { version }: ModelVersion): readonly [ModelVersion, ModelVersion] | undefined {
  const { steps } = state.routing ?? { steps: [] }
  if (steps.length === 0 || state.routing?.champion !== state.current || state.current !== version) return undefined
  return steps.map(step => keptVersion(state, step.version)) as unknown as readonly [ModelVersion, ModelVersion]
}

export function keyOf(version: ModelVersion, steps: readonly ModelVersion[] | undefined): string {
  return steps === undefined ? modelRecordKey(version) : steps.map(modelRecordKey).join(' then ')
}

export function stepOrigin({ name, version, hash, partition, offset }: ModelVersion): sluice.ScoredStep.$Properties {
  return { name, version, hash, partition, offset }
}

/** Opens the models of a composite. Throws what `open` throws, as StepFailed. */
export async function openSteps(
  steps: readonly [ModelVersion, ModelVersion],
  open: (version: ModelVersion) => Promise<LoadedModel>,
): Promise<LoadedModel> {
  const opened: LoadedModel[] = []
  const release = async (): Promise<void> => void (await Promise.all(opened.map(each => each.release())))
  try {
    const made: CompositeStep[] = []
    for (const version of steps) {
      const step = { name: version.name, version: version.version, key: modelRecordKey(version) }
      const loaded = await open(version).catch((error: unknown) => {
        throw error instanceof SluiceError ? new StepFailed(step, error) : error
      })
      opened.push(loaded)
      made.push({ ...step, model: loaded.model })
    }
    const model = new CompositeModel(made as unknown as [CompositeStep, CompositeStep], steps[1].takes ?? [])
    return { hash: opened.map(({ hash }) => hash).join(' then '), model, release }
  } catch (error) {
    await release()
    throw error
  }
}

/** A version that has a role. Throws STORE_CORRUPT. */
export function keptVersion({ dataType, versions }: ModelState, number: number): ModelVersion {
  const version = versions.find(each => each.version === number)
  if (version !== undefined) return version
  throw new SluiceError('STORE_CORRUPT', `version ${number}, which has a role, of data type "${dataType}" is not among the kept versions`)
}
