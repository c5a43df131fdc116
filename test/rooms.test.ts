import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { circlesOf, climbsOf, filesImportedBy, rooms } from './support/rooms.ts'

const project = join(import.meta.dirname, '..')
const skipped = new Set(['node_modules', 'dist', 'test'])

/** Every source of the project but its tests, by path. */
function sources(): Map<string, string> {
  const found = new Map<string, string>()
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(project, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name) && !entry.name.startsWith('.')) walk(path)
      } else if (/\.(ts|js)$/.test(path) && !path.endsWith('.d.ts')) found.set(path, readFileSync(join(project, path), 'utf8'))
    }
  }
  walk('')
  return found
}

const importsIn = (files: ReadonlyMap<string, string>): Map<string, string[]> =>
  new Map([...files].map(([path, source]) => [path, filesImportedBy(path, source)]))

const test = suite('rooms')
const tree = sources()

test('every import goes down, or stays in its room', () => {
  assert.equal(
    [...tree].flatMap(([path, source]) => climbsOf(path, source)),
    [],
  )
})

test('no files import each other in a circle', () => {
  assert.equal(circlesOf(importsIn(tree)), [])
})

test('every room of the list has sources, once', () => {
  const folders = new Set([...tree.keys()].map(path => dirname(path)))
  assert.equal(
    rooms.filter(room => !folders.has(room)),
    [],
  )
  assert.is(new Set(rooms).size, rooms.length)
})

test('an arrow upwards is found', () => {
  const upwards = "import { StreamTask } from '../tasks/stream-task.ts'"
  assert.match(
    climbsOf('topology/runtime/topics/x.ts', upwards).join(),
    /x\.ts imports topology\/runtime\/tasks\/stream-task\.ts, upwards: topology\/runtime\/topics → topology\/runtime\/tasks/,
  )
  assert.match(climbsOf('stores/x.ts', "export type { Node } from '../topology/nodes/node.ts'").join(), /upwards/)
  assert.match(climbsOf('attic/x.ts', '').join(), /no room/)
  assert.equal(climbsOf('topology/runtime/tasks/x.ts', "import type { TaskId } from '../../queryable-streams.ts'"), [])
})

test('a circle is found, however long, and types count', () => {
  const circle = new Map([
    ...tree,
    ['base/a.ts', "import type { B } from './b.ts'"],
    ['base/b.ts', "export { c } from './c.ts'"],
    ['base/c.ts', "import { a } from './a.ts'"],
  ])
  assert.equal(circlesOf(importsIn(circle)), [['base/a.ts', 'base/b.ts', 'base/c.ts']])
})

test.run()
