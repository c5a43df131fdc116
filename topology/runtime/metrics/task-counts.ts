/** The counters of one or several tasks. */
export interface TaskCounts {
  recordsIn: number
  recordsOut: number
  deadLetters: number
  commits: number
  restoredRecords: number
}

export const noTaskCounts: Readonly<TaskCounts> = { recordsIn: 0, recordsOut: 0, deadLetters: 0, commits: 0, restoredRecords: 0 }

interface CountedTask {
  readonly counts: Readonly<Omit<TaskCounts, 'restoredRecords'>>
  readonly stateManager: { readonly restored: { readonly records: number } }
}

export function addTask(sum: TaskCounts, { counts, stateManager }: CountedTask): void {
  sum.recordsIn += counts.recordsIn
  sum.recordsOut += counts.recordsOut
  sum.deadLetters += counts.deadLetters
  sum.commits += counts.commits
  sum.restoredRecords += stateManager.restored.records
}
