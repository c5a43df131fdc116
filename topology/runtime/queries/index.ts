// Reads the stores of a thread's tasks, and locates keys.
// Answers are plain data that crosses threads.
// Not here: asking other instances; that is rest/.
export { KeyLocator, notHere } from './key-locator.ts'
export { LocalQueries, latestOf } from './local-queries.ts'
export type { ThreadQueries } from './thread-queries.ts'
