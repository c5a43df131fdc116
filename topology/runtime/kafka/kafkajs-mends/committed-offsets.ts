import type { Mend } from './mend.ts'

interface ClusterMethods {
  committedOffsets: () => Record<string, Record<number, string>>
  markOffsetAsCommitted: () => void
}

/**
 * kafkajs keeps one map of committed offsets for all clients of a process that were made by one `Kafka`. A transactional producer writes into it as soon
 * as offsets were added to its transaction, before that has ended; a consumer that joins meanwhile takes them for committed and does not ask the
 * group's coordinator. When the transaction is aborted, everything up to them is lost. Consumers of one group overwrite each other's entries as well. Here each
 * assignment has a map of its own, which only the coordinator's answers fill.
 */
export const committedOffsetsMend: Mend = {
  defect: 'offsets of transactions that are not committed are taken for committed',
  apply(modules) {
    const { prototype } = modules.load('src/cluster/index.js') as { readonly prototype: ClusterMethods }
    prototype.committedOffsets = () => ({})
    prototype.markOffsetAsCommitted = () => undefined
  },
}
