import { Worker } from 'node:worker_threads'

/** How often the parent is looked for, ms. */
const lookEveryMs = 1000

/**
 * Ends this process by SIGKILL when its parent has ended. It looks from a thread of its own, since native code that loops keeps the main thread from
 * hearing that the channel has closed. The parent of an orphan is another process.
 */
export function endWithParent(): void {
  const source = `const parent = ${process.ppid}; setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), ${lookEveryMs})`
  new Worker(source, { eval: true, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 } }).unref()
}
