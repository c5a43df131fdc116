// Reads the stores of a thread's tasks, and locates the partition and task of a key.
// Answers are plain data that can be sent between threads.
// Not here: requests to other instances; those are in rest/.
export { KeyLocator, notHere } from './key-locator.ts'
export { LocalQueries, latestOf } from './local-queries.ts'
export type { ThreadQueries } from './thread-queries.ts'
