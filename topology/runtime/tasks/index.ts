// Stream tasks and standby tasks: buffered records, processing in time order, commits.
// Each task runs one sub-topology on one partition, and is used by one thread.
// Not here: producers, changelog reading, group membership.
export type { CommitSchedule } from './commit-schedule.ts'
export type { BufferedBytes, RecordQueue } from './record-queue.ts'
export type { StandbyTask } from './standby-task.ts'
export type { StreamTask } from './stream-task.ts'
export { taskInputs } from './task-inputs.ts'
export { TaskManager } from './task-manager.ts'
