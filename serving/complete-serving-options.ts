import { join as joinPath } from 'node:path'
import { checkOptions, completeOptions } from '../base/options/index.ts'
import { defaultModelFactory, LoadedModels, ModelCache, ModelGuard, ScoreWatch, serviceLoader } from '../models/index.ts'
import { checkPolicy, type ModelServingOptions, modelServingTable } from './options/index.ts'
import type { ServingOptions } from './serving-options.ts'

/** A call of a model in the thread that scores, of all rows of a batch, may take so many times the deadline of one record. */
const hangs = 30

/** Parts that several topologies of a process may share. A part that is not given is created. The creator of a part closes it. */
export interface ModelServingParts {
  /** The loaded models of the process: each model is loaded once. */
  readonly models?: LoadedModels | undefined
  /** Where new models are loaded and tried. */
  readonly guard?: ModelGuard | undefined
}

/**
 * The complete options of `servingTopology`: with a guard, a factory and, if there is a state directory, a cache for large models. Throws
 * CONFIG_INVALID for an unknown option, a value that is not allowed, or one that is missing.
 */
export function servingOptions(given: ModelServingOptions, { models, guard }: ModelServingParts = {}): ServingOptions {
  checkOptions({ of: 'model serving' }, modelServingTable, given)
  for (const [dataType, policy] of Object.entries(given.policies ?? {})) checkPolicy(dataType, policy)
  const {
    stateDir,
    modelCacheBytes,
    modelLoadTimeoutMs,
    scoreDeadlineMs,
    quarantineAfter,
    modelJail: jail,
    factory: own,
    ...all
  } = completeOptions(modelServingTable, given)
  const quarantineDirectory = stateDir === undefined ? undefined : joinPath(stateDir, 'quarantine')
  const factory = own ?? defaultModelFactory().register('SERVICE', serviceLoader({ hosts: all.modelHosts }))
  return {
    ...all,
    factory,
    scoreWatch: new ScoreWatch({ limitMs: hangs * scoreDeadlineMs, directory: quarantineDirectory }),
    models: models ?? new LoadedModels(),
    guard: guard ?? new ModelGuard({ factory, timeoutMs: modelLoadTimeoutMs, scoreDeadlineMs, quarantineAfter, quarantineDirectory, jail }),
    ...(stateDir === undefined
      ? {}
      : { modelCache: new ModelCache({ directory: joinPath(stateDir, 'models'), maxBytes: modelCacheBytes }) }),
  }
}
