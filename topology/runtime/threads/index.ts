// Stream threads: members of the group that poll, process and commit, in this process or in workers.
// A thread that fails is closed and replaced; the supervisor counts failures.
// Not here: what a task does with its records.
export { threadFactory, threadSource } from './thread-factory.ts'
export { ThreadPool } from './thread-pool.ts'
