import type { Topology } from '../../index.ts'
import { ColumnBatch, type Model, serviceLoader, servingOptions, servingTopology, wineRecordReader } from '../../serving.ts'
import { loadModel, locationOf } from './model-server.ts'
import { rowValue, topics } from './recording.ts'

/** A key-based join whose models are in a server: what is published is where they are. */
export function remote(prefix = '', host = 'localhost'): Topology {
  const given = {
    dataTopic: `${prefix}${topics.data}`,
    modelsTopic: `${prefix}${topics.models}`,
    resultsTopic: `${prefix}${topics.results}`,
    reader: wineRecordReader(),
    modelHosts: [host],
  }
  return servingTopology(servingOptions(given))
}

const calls = 300

/** The median duration of scoring one row in the server, and in this process, ms. */
export async function latencies(host: string): Promise<{ readonly remote: number; readonly inProcess: number }> {
  const location = Buffer.from(locationOf(host, 'linear'))
  const there = await serviceLoader({ hosts: [host] }).load({ bytes: location, format: 'SERVICE', output: undefined })
  const here = await loadModel('linear')
  try {
    return { remote: await medianOf(there), inProcess: await medianOf(here) }
  } finally {
    await Promise.all([there.dispose(), here.dispose()])
  }
}

async function medianOf(model: Model): Promise<number> {
  const reader = wineRecordReader()
  const batch = new ColumnBatch(reader.specs, 1)
  reader.read(rowValue(0), batch, 0)
  batch.length = 1
  const took: number[] = []
  for (let call = 0; call < calls; call++) {
    const started = performance.now()
    await model.score(batch)
    took.push(performance.now() - started)
  }
  return took.toSorted((a, b) => a - b)[calls >> 1]!
}
