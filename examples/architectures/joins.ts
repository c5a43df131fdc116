import type { Topology } from '../../index.ts'
import { servingOptions, servingTopology, wineRecordReader } from '../../serving.ts'
import { topics } from './recording.ts'

function serving(join: 'keyed' | 'broadcast', prefix: string): Topology {
  const given = {
    dataTopic: `${prefix}${topics.data}`,
    modelsTopic: `${prefix}${topics.models}`,
    resultsTopic: `${prefix}${topics.results}`,
    reader: wineRecordReader(),
    join,
  }
  return servingTopology(servingOptions(given))
}

/** A model and its data meet by their key, in one task. */
export function keyedJoin(prefix = ''): Topology {
  return serving('keyed', prefix)
}

/** Each task has all models; data may have any key. */
export function broadcastJoin(prefix = ''): Topology {
  return serving('broadcast', prefix)
}
