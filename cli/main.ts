#!/usr/bin/env node
import { errorLine, run } from './program.ts'

// The reader of a pipe may close it early: `sluice watch | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.stderr.write(errorLine(error))
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})
// Nobody reads what it tells people: the work goes on, and its exit code stays what it is.
process.stderr.on('error', () => undefined)
process.on('unhandledRejection', error => {
  process.stderr.write(errorLine(error))
  process.exit(1)
})

const code = await run(process.argv.slice(2))
if (code !== 0) process.exitCode = code
// The process ends when nothing is open. A connection that is still closing delays this by at most 2 s.
setTimeout(() => process.exit(), 2000).unref()
