import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory } from '../../../models/index.ts'
import { readModule } from '../../../models/code/index.ts'
import { filterFile, jailOf, type ModelJail, readOnly } from '../../../models/guard/jail.ts'
import { restrictingFlags } from '../../../models/guard/process-flags.ts'
import { refusedCalls, systemCallFilter } from '../../../models/guard/system-call-filter.ts'
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
    assert.match(said, /^E(NETUNREACH|ADDRNOTAVAIL|HOSTUNREACH|CONNREFUSED|PERM)$/)
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
  assert.equal(jailOf('auto', none), { command: [] })
  assert.throws(
    () => jailOf('required', none),
    (error: Error) => /modelJail is "required", but .* unshare .* set modelJail to auto or off/.test(error.message),
  )
})

test('a system that refuses: auto goes on, required tells its words', () => {
  const refusing = (tool: string): string | undefined => (tool === 'unshare' ? '/bin/false' : undefined)
  assert.equal(jailOf('auto', refusing), { command: [] })
  assert.throws(() => jailOf('required', refusing), /cut off from the network here: \/bin\/false ended with 1/)
})

test('bubblewrap that the system does not let is as none', () => {
  const { command, filter } = jailOf('auto', tool => (tool === 'bwrap' ? '/bin/false' : undefined))
  assert.equal([command, filter], [[], undefined])
  const fallen = jailOf('auto', tool =>
    tool === 'bwrap' ? '/bin/false' : ['/usr/bin', '/bin'].map(each => `${each}/${tool}`).find(existsSync),
  )
  assert.ok(fallen.command[0] === undefined || fallen.command[0].endsWith('unshare'))
})

for (const [architecture, header, name] of [
  ['x64', '/usr/include/x86_64-linux-gnu/asm/unistd_64.h', /#define __NR_(\w+)\s+(\d+)/g],
  ['arm64', '/usr/include/asm-generic/unistd.h', /#define __NR(?:3264)?_(\w+)\s+(\d+)/g],
] as const)
  test(`the numbers of the filter are those of ${architecture}`, async () => {
    if (!existsSync(header)) return console.log(`skipped: no ${header}`)
    const known = new Map([...(await readFile(header, 'utf8')).matchAll(name)].map(([, call = '', number]) => [call, Number(number)]))
    const calls = [...refusedCalls(architecture)]
    assert.ok(calls.length > 60)
    assert.equal(
      calls.filter(([call, number]) => known.get(call) !== number),
      [],
    )
  })

test('the filter is a program whose jumps stay in it, for the architectures that are known', () => {
  assert.is(systemCallFilter('s390x'), undefined)
  for (const architecture of ['x64', 'arm64']) {
    const filter = systemCallFilter(architecture) ?? Buffer.alloc(0)
    const count = filter.length / 8
    assert.ok(Number.isInteger(count) && count > 100 && count < 4096)
    for (let at = 0; at < count; at++) {
      const jump = (filter.readUInt16LE(8 * at) & 7) === 5
      const furthest = Math.max(filter.readUInt8(8 * at + 2), filter.readUInt8(8 * at + 3))
      assert.ok(jump ? at + 1 + furthest < count : furthest === 0)
    }
    assert.is(filter.readUInt16LE(8 * (count - 1)), 6)
  }
})

const jail = jailOf('auto')
const noBubblewrap = jail.filter === undefined && 'skipped: there is no bubblewrap (bwrap) here, or the system does not let it'

/** What a program says in the jail. */
function inJail(file: string, args: readonly string[], command = jail.command): string {
  const [first = '', ...others] = command.map(each => (each === String(filterFile) ? '0' : each))
  const { stdout, stderr } = spawnSync(first, [...others, file, ...args], { input: jail.filter ?? '', encoding: 'utf8' })
  return `${stdout}${stderr}`.trim()
}

test('with bubblewrap: no socket, no signal to another process, no new namespace; threads, files and timers as ever', () => {
  if (noBubblewrap !== false) return console.log(noBubblewrap)
  const script = `
    const tried = work => { try { return work() ?? 'done' } catch ({ code }) { return code } }
    const { setPriority } = require('node:os')
    const socket = require('node:net').connect(${JSON.stringify(join(tmpdir(), 'no-such-socket'))})
    socket.on('error', ({ code }) => {
      const worker = new (require('node:worker_threads').Worker)('1', { eval: true })
      worker.on('exit', thread => console.log([
        code,
        tried(() => process.kill(${process.pid}, 0)),
        tried(() => process.kill(process.pid, 0)),
        tried(() => setPriority(${process.pid}, 19)),
        require('node:child_process').spawnSync('unshare', ['--user', 'true']).status === 0,
        thread,
        require('node:fs').readFileSync('/proc/self/status', 'utf8').match(/Seccomp:\\s*(\\d)/)[1],
      ].join()))
    })`
  assert.is(inJail(process.execPath, ['-e', script]), 'EPERM,EPERM,EPERM,ERR_SYSTEM_ERROR,false,0,2')
})

test('with bubblewrap: each of the calls fails, with whatever it is given', () => {
  if (noBubblewrap !== false) return console.log(noBubblewrap)
  if (!existsSync('/usr/bin/perl')) return console.log('skipped: there is no perl, which can make any system call')
  const calls = [...refusedCalls(process.arch as 'x64' | 'arm64')]
  const script = 'for (@ARGV) { $! = 0; syscall($_, -1, -1, -1, -1, -1); print 0 + $!, " " }'
  const errors = inJail('/usr/bin/perl', ['-e', script, ...calls.map(([, number]) => String(number))]).split(' ')
  assert.is(errors.length, calls.length)
  assert.equal(
    calls.flatMap(([name], at) => (errors[at] === '1' || errors[at] === '38' ? [] : [[name, errors[at]]])),
    [],
  )
})

test('with bubblewrap, where Sluice is compiled: no file can be written, whatever a model is made of', async () => {
  if (noBubblewrap !== false) return console.log(noBubblewrap)
  const at = jail.command.indexOf('--dev-bind')
  const command = [...jail.command.slice(0, at), ...readOnly, ...jail.command.slice(at + 3)]
  const directory = await mkdtemp(join(tmpdir(), 'sluice-read-only-'))
  try {
    const script = `
      const { writeFileSync } = require('node:fs')
      const tried = file => { try { writeFileSync(file, 'x'); return 'written' } catch ({ code }) { return code } }
      console.log([tried('${join(directory, 'file')}'), tried('/dev/null')].join())`
    assert.is(inJail(process.execPath, ['-e', script], command), 'EROFS,written')
    assert.is(existsSync(join(directory, 'file')), false)
  } finally {
    await rm(directory, { recursive: true })
  }
})

test.run()
