import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { SluiceError, type ErrorCode } from '../../base/sluice-error.ts'
import { keyValueStore, StateDirectory, type ManagedStore } from '../../stores/index.ts'
import { withDirectory } from './temporary-directory.ts'

const test = suite('state directory')

/** Starts a second process that holds the directory; resolves with its instance id once it does. */
async function holder(root: string): Promise<{ process: ChildProcess; instanceId: string }> {
  const script = fileURLToPath(new URL('directory-holder.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, root, 'app'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { process: child, instanceId: line.toString().trim() }
}

async function refusal(opening: Promise<unknown>, code: ErrorCode): Promise<SluiceError> {
  let failure: unknown
  await opening.catch((error: unknown) => (failure = error))
  assert.ok(failure instanceof SluiceError, String(failure))
  assert.is(failure.code, code)
  assert.not.match(failure.message, '\n')
  return failure
}

/** Root may read everything: as root, runs as nobody. */
async function withoutPrivileges(run: () => Promise<unknown>): Promise<void> {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65534)
  try {
    await run()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

test('the instance id and facts survive a restart', () =>
  withDirectory(async root => {
    const first = await StateDirectory.open(root, 'app')
    assert.match(first.instanceId, /^[0-9a-f-]{36}$/)
    assert.is(first.path, resolve(root, 'app'))
    assert.is(first.get('member'), undefined)
    await first.put('member', 'm-1')
    await first.put('member', 'm-2')
    await first.close()
    const second = await StateDirectory.open(root, 'app')
    assert.is(second.instanceId, first.instanceId)
    assert.is(second.get('member'), 'm-2')
    await second.close()
  }))

test('other users of the machine cannot enter the directory, whether it is new or was left open', () =>
  withDirectory(async root => {
    mkdirSync(join(root, 'before'), { mode: 0o755 })
    for (const [at, app] of [
      [root, 'before'],
      [root, 'app'],
      [join(root, 'below'), 'app'],
    ] as const) {
      const directory = await StateDirectory.open(at, app)
      assert.is((statSync(directory.path).mode & 0o777).toString(8), '700')
      await directory.close()
    }
    assert.is((statSync(join(root, 'below')).mode & 0o777).toString(8), '700')
  }))

test('two applications can share a root; two instances cannot share the directory of an application', () =>
  withDirectory(async root => {
    const one = await StateDirectory.open(root, 'app')
    const other = await StateDirectory.open(root, 'app-2')
    assert.is.not(one.instanceId, other.instanceId)
    const { message } = await refusal(StateDirectory.open(root, 'app'), 'STATE_DIRECTORY_LOCKED')
    assert.match(message, resolve(root, 'app'))
    await one.close()
    const again = await StateDirectory.open(root, 'app')
    await again.close()
    await other.close()
  }))

test('a second process is refused until the first has ended, also by kill -9', () =>
  withDirectory(async root => {
    const held = await holder(root)
    try {
      await refusal(StateDirectory.open(root, 'app'), 'STATE_DIRECTORY_LOCKED')
    } finally {
      held.process.kill('SIGKILL')
      await once(held.process, 'exit')
    }
    const mine = await StateDirectory.open(root, 'app')
    assert.is(mine.instanceId, held.instanceId)
    assert.is(mine.get('member'), 'of the other process')
    await mine.close()
  }))

test('the tasks are those with stores on disk', () =>
  withDirectory(async root => {
    const directory = await StateDirectory.open(root, 'app')
    assert.equal(directory.tasks(), [])
    const builder = keyValueStore({ name: 'kept', key: stringSerde, value: stringSerde })
    for (const task of ['0_10', '0_2', '1_0']) {
      const managed = await builder.open(directory.storeDirectory(task, builder.name))
      await managed.close()
    }
    assert.equal(directory.tasks(), ['0_2', '0_10', '1_0'])
    assert.ok(existsSync(join(root, 'app', 'tasks', '0_2', 'kept')))
    await directory.close()
  }))

test('names cannot lead outside the directory', () =>
  withDirectory(async root => {
    await refusal(StateDirectory.open(root, '../app'), 'CONFIG_INVALID')
    const directory = await StateDirectory.open(root, 'app')
    for (const name of ['..', '.', '', 'a/b', 'a\\b', 'a\0']) {
      assert.throws(
        () => directory.storeDirectory('0_0', name),
        (error: unknown) => error instanceof SluiceError && error.code === 'CONFIG_INVALID',
      )
    }
    await directory.close()
  }))

test('an unusable root is refused by name', () =>
  withDirectory(async root => {
    writeFileSync(join(root, 'file'), '')
    const { message } = await refusal(StateDirectory.open(join(root, 'file'), 'app'), 'CONFIG_INVALID')
    assert.match(message, join(root, 'file'))
  }))

test('damaged facts make a new instance', () =>
  withDirectory(async root => {
    const first = await StateDirectory.open(root, 'app')
    await first.close()
    rmSync(join(root, 'app', 'instance'), { recursive: true })
    mkdirSync(join(root, 'app', 'instance'))
    writeFileSync(join(root, 'app', 'instance', 'CURRENT'), 'MANIFEST-999999\n')
    const told: unknown[] = []
    const second = await StateDirectory.open(root, 'app', (reason, kind) => told.push(reason.includes(root), kind))
    assert.is.not(second.instanceId, first.instanceId)
    assert.equal(told, [true, 'unreadable'])
    await second.close()
    const third = await StateDirectory.open(root, 'app', reason => assert.unreachable(reason))
    assert.is(third.instanceId, second.instanceId)
    await third.close()
  }))

test('a store that may not be read is not deleted', () =>
  withDirectory(async root => {
    const builder = keyValueStore({ name: 'kept', key: stringSerde, value: stringSerde })
    const directory = join(root, 'store')
    const managed = await builder.open(directory)
    managed.store.put('a', '1')
    managed.prepareCommit()
    await managed.postCommit({ changelogOffset: 1 })
    await managed.close()
    chmodSync(root, 0o755)
    chmodSync(join(directory, 'rows'), 0)
    const opening = (): Promise<ManagedStore> => builder.open(directory, reason => assert.unreachable(reason))
    await withoutPrivileges(() => refusal(opening(), 'STORE_FAILED'))
    chmodSync(join(directory, 'rows'), 0o700)
    const again = await builder.open(directory, reason => assert.unreachable(reason))
    assert.is(again.store.get('a'), '1')
    await again.close()
  }))

const store = keyValueStore({ name: 'counts', key: stringSerde, value: stringSerde })

test('a task that is not open is removed with all its stores; open tasks stay', () =>
  withDirectory(async root => {
    const directory = await StateDirectory.open(root, 'app')
    const open = async (task: string): Promise<ManagedStore> => store.open(directory.storeDirectory(task, 'counts'))
    const held = await open('0_0')
    await (await open('0_1')).close()
    mkdirSync(directory.storeDirectory('0_1', 'no-database'))
    assert.is(await directory.remove('0_0'), false)
    assert.is(await directory.remove('0_1'), true)
    assert.is(await directory.remove('0_2'), false, 'there is none')
    assert.equal(directory.tasks(), ['0_0'])
    await held.close()
    assert.is(await directory.remove('0_0'), true)
    assert.equal(directory.tasks(), [])
    const anew = await open('0_0')
    assert.is(anew.checkpoint, undefined)
    await anew.close()
    await directory.close()
  }))

test('a task that is opened during its removal is never incomplete', () =>
  withDirectory(async root => {
    const directory = await StateDirectory.open(root, 'app')
    for (let round = 0; round < 20; round++) {
      await (await store.open(directory.storeDirectory('0_0', 'counts'))).close()
      const removing = directory.remove('0_0')
      let opened: ManagedStore | undefined
      while (opened === undefined)
        opened = await store.open(directory.storeDirectory('0_0', 'counts')).catch((error: SluiceError) => {
          assert.is(error.code, 'STATE_DIRECTORY_LOCKED', error.message)
          return undefined
        })
      await removing
      const files = readdirSync(directory.storeDirectory('0_0', 'counts'), { recursive: true }).map(name => basename(String(name)))
      assert.ok(files.includes('CURRENT'), 'the open store has its files')
      await opened.close()
    }
    await directory.close()
  }))

test('the age of a task is that of its last write', () =>
  withDirectory(async root => {
    const directory = await StateDirectory.open(root, 'app')
    assert.is(directory.lastTouched('0_0'), undefined)
    await (await store.open(directory.storeDirectory('0_0', 'counts'))).close()
    const folder = directory.storeDirectory('0_0', 'counts')
    const files = readdirSync(folder, { recursive: true }).map(name => join(folder, String(name)))
    for (const path of [...files, folder, dirname(folder)]) utimesSync(path, 1000, 1000)
    assert.is(directory.lastTouched('0_0'), 1_000_000)
    utimesSync(files.find(path => path.endsWith('CURRENT')) as string, 2000, 2000)
    assert.is(directory.lastTouched('0_0'), 2_000_000)
    await directory.close()
  }))

test('the next start finishes a removal that a crash interrupted', () =>
  withDirectory(async root => {
    mkdirSync(join(root, 'app', 'removed', 'some'), { recursive: true })
    const directory = await StateDirectory.open(root, 'app')
    assert.is(existsSync(join(root, 'app', 'removed')), false)
    await directory.close()
  }))

test.run()
