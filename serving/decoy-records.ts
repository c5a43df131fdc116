import { topicPartition } from '../base/index.ts'
import { withHeader, type RawRecord, type StreamRecord } from '../topology/index.ts'
import { routingOf } from '../stores/index.ts'
import type { ServingModel } from './serving-models.ts'

/** The sink of archived records. */
export const decoySink = 'decoy-records'
/** Headers of an archived record: where it was, as `topic-partition@offset`, and the policy under which it was answered. */
const inputHeader = 'sluice.input'
const policyHeader = 'sluice.policy'

/** The records as they came, with where they came from. */
export function decoysOf(rows: readonly RawRecord[], { state }: ServingModel): readonly StreamRecord<Uint8Array | null, Uint8Array>[] {
  const policy = String(routingOf(state).number)
  return rows.map(record => {
    const { topic, partition, offset, headers } = record
    const marked = withHeader(headers, inputHeader, `${topicPartition(topic, partition)}@${offset}`)
    return { ...record, value: record.value as Uint8Array, headers: withHeader(marked, policyHeader, policy) }
  })
}
