import type { Mend } from './mend.ts'

interface ClusterMethods {
  committedOffsets: () => Record<string, Record<number, string>>
  markOffsetAsCommitted: () => void
}

/**
 * kafkajs keeps one map of committed offsets for all clients of one `Kafka`. A transactional producer writes offsets into it when they are added to
 * its transaction, before the transaction ends. A consumer that joins in between takes them for committed and does not ask the group's coordinator:
 * if the transaction is aborted, the records up to them are lost. Consumers of one group also overwrite each other's entries. With this mend each
 * assignment has its own map, which only the coordinator's answers fill.
 */
export const committedOffsetsMend: Mend = {
  defect: 'offsets of uncommitted transactions count as committed',
  apply(modules) {
    const { prototype } = modules.load('src/cluster/index.js') as { readonly prototype: ClusterMethods }
    prototype.committedOffsets = () => ({})
    prototype.markOffsetAsCommitted = () => undefined
  },
}
