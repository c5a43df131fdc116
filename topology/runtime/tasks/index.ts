// Stream tasks and standby tasks: buffered records, processing in time order, commits.
// One sub-topology on one partition each; a task is used by one thread.
// Not here: producers, changelog reading, group membership.
export type { RecordQueue } from './record-queue.ts'
export type { StandbyTask } from './standby-task.ts'
export type { StreamTask } from './stream-task.ts'
export { taskInputs } from './task-inputs.ts'
export { TaskManager } from './task-manager.ts'
