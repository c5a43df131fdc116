// Rows of one store: in memory or in LevelDB, with a checkpoint, behind a buffer for the transaction under way.
// The storage changes only at a commit or a restore.
// Not here: what rows mean; that is the store's above.
export { BufferedStore, type StoreHooks } from './buffered-store.ts'
export { LevelRows } from './level-rows.ts'
export { MemoryRows } from './memory-rows.ts'
export { type Database, isCorrupt, levelError, openLevel } from './open-level.ts'
export { TransactionBuffer } from './transaction-buffer.ts'
