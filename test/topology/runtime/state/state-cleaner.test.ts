import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { stringSerde } from '../../../../records/serde.ts'
import { keyValueStore, StateDirectory } from '../../../../stores/index.ts'
import { StateCleaner } from '../../../../topology/runtime/state/state-cleaner.ts'
import { withDirectory } from '../../../stores/temporary-directory.ts'

const test = suite('state of tasks that moved away')
const store = keyValueStore({ name: 'counts', key: stringSerde, value: stringSerde })
const delayMs = 3_600_000

interface World {
  readonly directory: StateDirectory
  readonly cleaner: StateCleaner
  readonly log: string[]
  /** What the instance has; undefined: it is changing. */
  tasks: readonly string[] | undefined
  removed: number
  /** The monotonic clock, ms. */
  now: number
}

/** With the directories of these tasks, in which nothing was written for two hours. */
const withTasks = (ids: readonly string[], run: (world: World) => Promise<void>): Promise<void> =>
  withDirectory(async root => {
    const directory = await StateDirectory.open(root, 'app')
    for (const id of ids) {
      await (await store.open(directory.storeDirectory(id, 'counts'))).close()
      setAge(directory, id, 2 * delayMs)
    }
    const log: string[] = []
    const world: World = { directory, log, tasks: [], removed: 0, now: 0, cleaner: undefined as unknown as StateCleaner }
    const cleaner = new StateCleaner({
      directory,
      delayMs,
      tasks: () => world.tasks,
      onRemoved: () => world.removed++,
      log: (level, message, fields) => log.push(`${level} ${message} ${JSON.stringify(fields)}`),
      now: () => world.now,
    })
    await run(Object.assign(world, { cleaner }))
    await directory.close()
  })

function setAge(directory: StateDirectory, id: string, ageMs: number): void {
  const task = join(directory.path, 'tasks', id)
  const at = (Date.now() - ageMs) / 1000
  for (const name of readdirSync(task, { recursive: true })) utimesSync(join(task, String(name)), at, at)
  utimesSync(task, at, at)
}

test('is removed after the delay, counted and logged; the state of tasks and standbys stays', () =>
  withTasks(['0_0', '0_1', '10_2'], async world => {
    world.tasks = ['0_0']
    await world.cleaner.clean()
    assert.equal(world.directory.tasks(), ['0_0', '0_1', '10_2'], 'not before the delay, however old it is')
    world.now += delayMs
    await world.cleaner.clean()
    assert.equal(world.directory.tasks(), ['0_0'])
    assert.is(world.removed, 2)
    assert.is(world.log.length, 2)
    assert.match(world.log[0] ?? '', /^info removed the local state of a task that moved away \{"task":"0_1","untouchedSince":"\d/)
  }))

test('stays while the task comes and goes: the delay begins when it was last here', () =>
  withTasks(['0_0'], async world => {
    await world.cleaner.clean()
    world.now += delayMs
    world.tasks = ['0_0']
    await world.cleaner.clean()
    world.tasks = []
    await world.cleaner.clean()
    world.now += delayMs - 1
    await world.cleaner.clean()
    assert.equal(world.directory.tasks(), ['0_0'])
    world.now++
    await world.cleaner.clean()
    assert.equal(world.directory.tasks(), [])
  }))

test('stays while tasks change, while it is open, and if it was written since, or in the future', () =>
  withTasks(['0_0', '0_1', '0_2', '0_3'], async world => {
    const open = await store.open(world.directory.storeDirectory('0_0', 'counts'))
    await world.cleaner.clean()
    world.now += delayMs
    setAge(world.directory, '0_0', 2 * delayMs)
    setAge(world.directory, '0_1', delayMs / 2)
    setAge(world.directory, '0_2', -delayMs)
    world.tasks = undefined
    await world.cleaner.clean()
    assert.equal(world.directory.tasks(), ['0_0', '0_1', '0_2', '0_3'])
    world.tasks = []
    await world.cleaner.clean()
    assert.equal(world.directory.tasks(), ['0_0', '0_1', '0_2'])
    await open.close()
  }))

test('state that cannot be removed is reported, and the rest is removed', () =>
  withTasks(['0_0', '0_1'], async world => {
    const failing: Pick<StateDirectory, 'tasks' | 'lastTouched' | 'remove'> = {
      tasks: () => world.directory.tasks(),
      lastTouched: task => world.directory.lastTouched(task),
      remove: task => (task === '0_0' ? Promise.reject(new Error('no rights')) : world.directory.remove(task)),
    }
    const log: string[] = []
    const parts = { directory: failing, delayMs, tasks: () => [], onRemoved: () => world.removed++, now: () => world.now }
    const cleaner = new StateCleaner({
      ...parts,
      log: (level, message, fields) => log.push(`${level} ${message} ${JSON.stringify(fields)}`),
    })
    await cleaner.clean()
    world.now += delayMs
    await cleaner.clean()
    assert.equal(world.directory.tasks(), ['0_0'])
    assert.match(log[0] ?? '', /^warn cannot remove .*"task":"0_0","error":"no rights"/)
  }))

test.run()
