/** How long a run of records should take at most, ms: a rebalance waits for it, and a member that keeps the others waiting is removed from the group. */
const runMs = 1000
/** A task begins with so many records, and at most this many times as many follow on a run. */
const firstRun = 64
const growth = 16

/** How many records the next run of a task may have, by how long those before took. */
export class RunPace {
  /** The most records of the next run. */
  most = firstRun

  /** A run of so many records took so long, with all that was done again because one of them failed. */
  ran(records: number, milliseconds: number): void {
    if (milliseconds > runMs) this.most = Math.max(1, Math.floor((records * runMs) / milliseconds))
    else if (records >= this.most) this.most = Math.max(this.most, Math.min(records * growth, Math.floor((records * runMs) / milliseconds)))
  }
}
