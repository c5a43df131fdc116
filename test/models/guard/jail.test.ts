import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory } from '../../../models/index.ts'
import { readModule } from '../../../models/code/index.ts'
import { jailCommand, type ModelJail } from '../../../models/guard/jail.ts'
import { restrictingFlags } from '../../../models/guard/process-flags.ts'
import { ModelGuard } from '../../../models/guard/model-guard.ts'
import { batchOf } from '../batches.ts'

const test = suite("models' processes without a network")
const specs = [{ name: 'port', kind: 'number' }] as const

/** Says what became of a connection to the port, and which rights the process has. */
const caller = `
import { connect } from 'node:net'
import { readFileSync } from 'node:fs'
const rights = /CapEff:\\s*(\\w+)[\\s\\S]*CapBnd:\\s*(\\w+)/.exec(readFileSync('/proc/self/status', 'utf8')).slice(1).join()
const call = port => new Promise(resolve => {
  const socket = connect(port, '127.0.0.1')
  socket.on('connect', () => { socket.destroy(); resolve('connected') })
  socket.on('error', ({ code }) => resolve(code))
})
export default {
  inputs: [{ name: 'port' }],
  outputs: [{ name: 'how', type: 'text' }, { name: 'rights', type: 'text' }],
  score: rows => Promise.all(rows.map(async ({ port }) => ({ how: Number(port) > 1024 ? await call(port) : 'not called', rights }))),
}
`

/** What a model in such a jail says of a server of this process, and how often that was called. */
async function called(
  jail: ModelJail,
): Promise<{ readonly jailed: boolean; readonly said: string; readonly rights: string; readonly calls: number }> {
  let calls = 0
  const server = createServer(socket => {
    calls++
    socket.on('error', () => undefined).destroy()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const root = await mkdtemp(join(tmpdir(), 'sluice-jail-'))
  const guard = new ModelGuard({ factory: defaultModelFactory(), timeoutMs: 60_000, scoreDeadlineMs: 10_000, jail })
  try {
    await writeFile(join(root, 'caller.mjs'), caller)
    const content = await readModule('caller.mjs', createHash('sha256').update(caller).digest(), [root])
    const { model } = await guard.try({ content, format: 'MODULE', output: undefined, specs })
    const scores = await model.score(batchOf(specs, [[(server.address() as AddressInfo).port]]))
    await model.dispose()
    const [said, rights] = scores.outputs.map(({ values }) => String(values[0]))
    return { jailed: guard.jailed, said: said ?? '', rights: rights ?? '', calls }
  } finally {
    guard.close()
    server.close()
    await rm(root, { recursive: true })
  }
}

test('where the system lets it, a model that is code reaches nobody and has no right of a superuser; off, it does', async () => {
  const { jailed, said, rights, calls } = await called('auto')
  if (jailed) {
    assert.match(said, /^E(NETUNREACH|ADDRNOTAVAIL|HOSTUNREACH|CONNREFUSED)$/)
    assert.match(rights, /^0+,/)
    assert.is(calls, 0)
  }
  const open = await called('off')
  assert.equal([open.jailed, open.said, open.calls], [false, 'connected', 1])
})

test('the flags of a process of a model that is data: native code is loaded and files are read, none is written, no process started', async () => {
  const script = `
    const tried = work => { try { work(); return 'done' } catch ({ code }) { return code } }
    console.log([
      tried(() => require('onnxruntime-node')),
      tried(() => require('node:fs').readFileSync('/etc/passwd')),
      tried(() => require('node:fs').writeFileSync('/dev/null', '')),
      tried(() => require('node:child_process').spawnSync('true')),
      tried(() => new (require('node:worker_threads').Worker)('', { eval: true, execArgv: [] })),
    ].join())`
  const { stdout } = await promisify(execFile)(process.execPath, [...restrictingFlags(process.versions.node), '-e', script])
  assert.is(stdout.trim(), 'done,done,ERR_ACCESS_DENIED,ERR_ACCESS_DENIED,done')
})

test('without the command: auto goes on, required says what to do', () => {
  const none = (): undefined => undefined
  assert.equal(jailCommand('auto', none), [])
  assert.throws(
    () => jailCommand('required', none),
    (error: Error) => /modelJail is "required", but .* unshare .* set modelJail to auto or off/.test(error.message),
  )
})

test('a system that refuses: auto goes on, required tells its words', () => {
  const refusing = (tool: string): string | undefined => (tool === 'unshare' ? '/bin/false' : undefined)
  assert.equal(jailCommand('auto', refusing), [])
  assert.throws(() => jailCommand('required', refusing), /cut off from the network here: \/bin\/false ended with 1/)
})

test.run()
