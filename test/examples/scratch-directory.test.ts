import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { scratchDirectory } from '../../examples/scratch-directory.ts'

const test = suite('the directory of a run of an example')
const module = new URL('../../examples/scratch-directory.ts', import.meta.url).href

test('is removed when the run ends', async () => {
  const scratch = await scratchDirectory('sluice-scratch-')
  writeFileSync(join(scratch.path, 'file'), 'x')
  await scratch.remove()
  assert.not.ok(existsSync(scratch.path))
  assert.is(process.listeners('exit').filter(listener => listener.name === 'atExit').length, 0)
})

test('is removed when the process exits before that', async () => {
  const program = `const { scratchDirectory } = await import('${module}'); console.log((await scratchDirectory('sluice-scratch-')).path); process.exit(0)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
  assert.match(stdout, 'sluice-scratch-')
  assert.not.ok(existsSync(stdout.trim()))
})

test.run()
