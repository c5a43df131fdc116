import type { Kafka } from '../../topology/runtime/index.ts'

const topicResource = 2
/** The log cleaner compacts as much as it can, as soon as it can. */
const eager = {
  'cleanup.policy': 'compact',
  'segment.ms': '500',
  'min.cleanable.dirty.ratio': '0.001',
  'delete.retention.ms': '1000',
}
/** Nothing is removed any more, so that two readers see the same. */
const over = { 'cleanup.policy': 'delete', 'retention.ms': '-1' }

/** Lets the brokers compact these topics all the time, or no more. */
export async function compact(kafka: Kafka, names: readonly string[], on: boolean): Promise<void> {
  const configEntries = Object.entries(on ? eager : over).map(([name, value]) => ({ name, value }))
  const admin = kafka.admin()
  await admin.connect()
  try {
    await admin.alterConfigs({ validateOnly: false, resources: names.map(name => ({ type: topicResource, name, configEntries })) })
  } finally {
    await admin.disconnect()
  }
}
