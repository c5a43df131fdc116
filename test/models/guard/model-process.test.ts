import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modelProcesses } from './model-processes.ts'

const test = suite('the process of a model')

/** A process that tries an endless model, and the model's process once it runs the model. */
async function endless(store: string): Promise<{ readonly parent: number; readonly own: number }> {
  const script = fileURLToPath(new URL('orphan-parent.ts', import.meta.url))
  const { pid = 0 } = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: 'ignore',
    env: { ...process.env, SECRET_TOKEN: 'secret', STORE: store },
  })
  for (let tries = 0; tries < 600; tries++) {
    const [own = 0] = modelProcesses(pid)
    if (own > 0 && ticksOf(own) > 300) return { parent: pid, own }
    await sleep(100)
  }
  process.kill(pid, 'SIGKILL')
  throw new Error('the model never ran')
}

/** Processor time, hundredths of a second. */
const ticksOf = (pid: number): number => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[11])

test('it inherits nothing of the environment and no files, is limited, and ends with its parent even in a native loop', async () => {
  const store = mkdtempSync(join(tmpdir(), 'sluice-process-'))
  const { parent, own } = await endless(store)
  const filesOf = (pid: number): string[] => readdirSync(`/proc/${pid}/fd`).map(each => readlinkSync(`/proc/${pid}/fd/${each}`))
  try {
    assert.not.match(readFileSync(`/proc/${own}/environ`, 'utf8'), /SECRET_TOKEN|PATH=|HOME=|PWD=/)
    assert.ok(filesOf(parent).some(file => file.startsWith(store)))
    assert.equal(
      filesOf(own).filter(file => file.startsWith(store)),
      [],
    )
    const limits = readFileSync(`/proc/${own}/limits`, 'utf8')
    assert.match(limits, /Max core file size +0 +0/)
    assert.match(limits, /Max open files +256 +256/)
    assert.match(limits, /Max data size +\d{10} +\d{10}/)
    process.kill(parent, 'SIGKILL')
    for (let tries = 0; tries < 100 && existsSync(`/proc/${own}`); tries++) await sleep(100)
    assert.not.ok(existsSync(`/proc/${own}`), 'an orphan runs')
  } finally {
    if (existsSync(`/proc/${own}`)) process.kill(own, 'SIGKILL')
    rmSync(store, { recursive: true })
  }
})

test.run()
