import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('score watch')

/** So many that the watching thread, which has 16 MB, could not keep something of each. */
const swaps = 200_000

test('released models are forgotten: after any number of them the thread that watches tells of the one that hangs', async () => {
  const program = fileURLToPath(new URL('watched-swaps.ts', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, program, `${swaps}`], { stdio: ['ignore', 'ignore', 'pipe'] })
  const [said, [, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  assert.match(said, `model "a", version ${swaps} `)
  assert.is(signal, 'SIGKILL')
})

test.run()
