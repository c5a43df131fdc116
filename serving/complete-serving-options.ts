import { join as joinPath } from 'node:path'
import { checkedOptions, completeOptions, kindOf, optional, refuseEqualTopics } from '../base/options/index.ts'
import { defaultModelFactory, LoadedModels, ModelCache, ModelGuard, ScoreWatch, serviceLoader, TrustedKeys } from '../models/index.ts'
import { checkedPolicy, type ModelServingOptions, modelServingTable } from './options/index.ts'
import { readEventKey } from './event-key.ts'
import { lateTopicOf, type ServingOptions, shadowTopicOf } from './serving-options.ts'

/** A call of a model in the thread that scores, of all rows of a batch, may take so many times the deadline of one record. */
const hangs = 30

/** Parts that several topologies of a process may share. A part that is not given is created. The creator of a part closes it. */
export interface ModelServingParts {
  /** The loaded models of the process: each model is loaded once. */
  readonly models?: LoadedModels | undefined
  /** Where new models are loaded and tried. */
  readonly guard?: ModelGuard | undefined
}

const partsTable = {
  models: optional(
    kindOf<LoadedModels>('LoadedModels', 'a LoadedModels', value => value instanceof LoadedModels),
    'loaded models of the process',
  ),
  guard: optional(
    kindOf<ModelGuard>('ModelGuard', 'a ModelGuard', value => value instanceof ModelGuard),
    'where new models are tried',
  ),
} as const

/**
 * The complete options of `servingTopology`: with a guard, a factory and, if there is a state directory, a cache for large models. Throws
 * CONFIG_INVALID for an unknown option, a value that is not allowed, one that is missing, or a file of keys that cannot be read.
 */
export function servingOptions(given: ModelServingOptions, parts: ModelServingParts = {}): ServingOptions {
  const { models, guard } = completeOptions(partsTable, checkedOptions({ of: 'the parts of model serving' }, partsTable, parts))
  const {
    stateDir,
    modelCacheBytes,
    modelLoadTimeoutMs,
    scoreDeadlineMs,
    quarantineAfter,
    modelJail: jail,
    factory: own,
    policies: races,
    trustedKeys,
    eventKey: eventKeyFile,
    eventKeyPasswordFile,
    ...all
  } = completeOptions(modelServingTable, checkedOptions({ of: 'model serving' }, modelServingTable, given))
  checkTopics(all)
  const quarantineDirectory = stateDir === undefined ? undefined : joinPath(stateDir, 'quarantine')
  const factory = own ?? defaultModelFactory().register('SERVICE', serviceLoader({ hosts: all.modelHosts }))
  return {
    ...all,
    policies: races && Object.fromEntries(Object.entries(races).map(([dataType, policy]) => [dataType, checkedPolicy(dataType, policy)])),
    factory,
    ...(trustedKeys === undefined ? {} : { trustedKeys: TrustedKeys.read(trustedKeys) }),
    eventKey: readEventKey({ eventKey: eventKeyFile, eventKeyPasswordFile }),
    scoreWatch: new ScoreWatch({ limitMs: hangs * scoreDeadlineMs, directory: quarantineDirectory }),
    models: models ?? new LoadedModels(),
    guard: guard ?? new ModelGuard({ factory, timeoutMs: modelLoadTimeoutMs, scoreDeadlineMs, quarantineAfter, quarantineDirectory, jail }),
    ...(stateDir === undefined
      ? {}
      : { modelCache: new ModelCache({ directory: joinPath(stateDir, 'models'), maxBytes: modelCacheBytes }) }),
  }
}

/** What is written beside the results would come back as an input, or stand among the results. Throws CONFIG_INVALID. */
function checkTopics(options: Pick<ServingOptions, 'dataTopic' | 'modelsTopic' | 'resultsTopic'>): void {
  const { dataTopic, modelsTopic, resultsTopic } = options
  const named = { dataTopic, modelsTopic, resultsTopic }
  refuseEqualTopics({ of: 'model serving' }, named)
  const beside = { 'the shadows of resultsTopic': shadowTopicOf(options), 'the late scores of resultsTopic': lateTopicOf(options) }
  for (const [name, topic] of Object.entries(named)) refuseEqualTopics({ of: 'model serving' }, { ...beside, [name]: topic })
}
