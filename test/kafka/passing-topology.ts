import { stringSerde } from '../../records/serde.ts'
import { Topology } from '../../topology/index.ts'

const texts = { key: stringSerde, value: stringSerde }

/** Forwards the records of `input` to `output`. */
export function createTopology({ input, output }: { readonly input: string; readonly output: string }): Topology {
  return new Topology().addSource('in', input, texts).addSink('out', output, texts, 'in')
}
