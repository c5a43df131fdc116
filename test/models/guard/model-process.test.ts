import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('the process of a model')

/** A process that tries an endless model, and the model's process once it runs the model. */
async function endless(): Promise<{ readonly parent: number; readonly own: number }> {
  const script = fileURLToPath(new URL('orphan-parent.ts', import.meta.url))
  const { pid = 0 } = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: 'ignore',
    env: { ...process.env, SECRET_TOKEN: 'secret' },
  })
  for (let tries = 0; tries < 600; tries++) {
    const own = Number(/^\s*(\d+) .*guarded-process/m.exec(processesOf(pid))?.[1] ?? 0)
    if (own > 0 && ticksOf(own) > 300) return { parent: pid, own }
    await sleep(100)
  }
  process.kill(pid, 'SIGKILL')
  throw new Error('the model never ran')
}

function processesOf(pid: number): string {
  try {
    return execFileSync('ps', ['--ppid', String(pid), '-o', 'pid=,args='], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/** Processor time, hundredths of a second. */
const ticksOf = (pid: number): number => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[11])

test('it inherits nothing of the environment, and ends with its parent even in a native loop', async () => {
  const { parent, own } = await endless()
  try {
    assert.not.match(readFileSync(`/proc/${own}/environ`, 'utf8'), /SECRET_TOKEN|PATH=|HOME=/)
    process.kill(parent, 'SIGKILL')
    for (let tries = 0; tries < 100 && existsSync(`/proc/${own}`); tries++) await sleep(100)
    assert.not.ok(existsSync(`/proc/${own}`), 'an orphan runs')
  } finally {
    if (existsSync(`/proc/${own}`)) process.kill(own, 'SIGKILL')
  }
})

test.run()
