// Rows of one store: in memory or in LevelDB, with a checkpoint, behind a buffer for the running transaction.
// The storage changes only at a commit or a restore.
// Not here: the meaning of rows, which the stores define.
export { BufferedStore, type StoreHooks } from './buffered-store.ts'
export { LevelRows } from './level-rows.ts'
export { MemoryRows } from './memory-rows.ts'
export { type Database, isCorrupt, levelError, openLevel } from './open-level.ts'
export { TransactionBuffer } from './transaction-buffer.ts'
