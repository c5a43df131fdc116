import { kafkajsModules } from '../../../../../topology/runtime/kafka/kafkajs-mends/kafkajs-modules.ts'

/** A module of kafkajs as it comes, beside the mended ones; of a new copy at each call. */
export function plainModule(path: string): unknown {
  return kafkajsModules().load(path)
}
