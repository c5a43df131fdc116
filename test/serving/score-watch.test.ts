import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withDirectory } from './serving-driver.ts'

const test = suite('a model that hangs the thread that scores')
const instance = fileURLToPath(new URL('hanging-instance.ts', import.meta.url))

for (const [role, ...where] of [['champion'], ['champion', 'thread'], ['challenger'], ['shadow'], ['fallback'], ['racer']] as const)
  test(`${[role, ...where].join(' in a ')}: the process ends and says which model it was; the next one starts with that model quarantined`, () =>
    withDirectory(async directory => {
      const run = (): ReturnType<typeof spawnSync> =>
        spawnSync(process.execPath, ['--import', 'tsx', instance, directory, role, ...where], { encoding: 'utf8', timeout: 60_000 })
      const first = run()
      assert.is(first.signal, 'SIGKILL', String(first.stderr))
      assert.match(
        String(first.stderr),
        /sluice: model "", version 1 \(1 0@0 [0-9a-f]{64}\/\d\/\) is quarantined, and this process ends: it hung the thread/,
      )
      const second = run()
      assert.is(second.status, 0, String(second.stderr))
      assert.match(String(second.stdout), /the model is quarantined: it hung the thread that scores for more than 300 ms/)
    }))

test.run()
