import type { Topology } from '../../index.ts'
import { type ModelServingOptions, servingOptions, servingTopology, wineRecordReader } from '../../serving.ts'
import { topics } from './recording.ts'

function serving(prefix: string, how: Pick<ModelServingOptions, 'join' | 'store'>): Topology {
  const given = {
    dataTopic: `${prefix}${topics.data}`,
    modelsTopic: `${prefix}${topics.models}`,
    resultsTopic: `${prefix}${topics.results}`,
    reader: wineRecordReader(),
    ...how,
  }
  return servingTopology(servingOptions(given))
}

/** A model and its data meet by their key, in one task, which keeps the models in the custom store. */
export function keyedJoin(prefix = ''): Topology {
  return serving(prefix, { join: 'keyed', store: 'model' })
}

/** Each task has all models; data may have any key. */
export function broadcastJoin(prefix = ''): Topology {
  return serving(prefix, { join: 'broadcast' })
}

/** The current model of each data type, in a standard key-value store. */
export function standardStore(prefix = ''): Topology {
  return serving(prefix, { store: 'key-value' })
}

/** Models in memory, without a changelog: the topic of the models is read from its beginning. */
export function memoryStore(prefix = ''): Topology {
  return serving(prefix, { store: 'memory' })
}
