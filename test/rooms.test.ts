import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { circlesOf, climbsOf, filesImportedBy, rooms, wallsOf } from './support/rooms.ts'

const project = join(import.meta.dirname, '..')
const skipped = new Set(['node_modules', 'dist', 'build', 'test'])

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

test('every import goes to a lower room, or stays in its room', () => {
  assert.equal(
    [...tree].flatMap(([path, source]) => climbsOf(path, source)),
    [],
  )
})

test('no files import each other in a cycle', () => {
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

test('rooms are imported only through their index', () => {
  assert.equal(
    [...tree].flatMap(([path, source]) => wallsOf(path, source)),
    [],
  )
})

test('each index says what is in its room, and what is not', () => {
  const doors = [...tree].filter(([path]) => path.endsWith('/index.ts'))
  assert.ok(doors.length > 40)
  assert.equal(
    doors.filter(([, source]) => !/^(\/\/ |\/\*\*)/.test(source)).map(([path]) => path),
    [],
  )
})

test('an import past an index is found', () => {
  const past = "import { StreamTask } from '../tasks/stream-task.ts'"
  assert.equal(wallsOf('topology/runtime/threads/x.ts', past), [
    'topology/runtime/threads/x.ts imports topology/runtime/tasks/stream-task.ts, past topology/runtime/tasks/index.ts',
  ])
  assert.equal(wallsOf('topology/runtime/threads/x.ts', "import type { TaskId } from '../../queryable-streams.ts'"), [])
  assert.equal(wallsOf('cli/program.ts', "const { serveCommand } = await import('./commands/serve-command.ts')"), [])
})

test('an import of a higher room is found', () => {
  const upwards = "import { StreamTask } from '../tasks/stream-task.ts'"
  assert.match(
    climbsOf('topology/runtime/topics/x.ts', upwards).join(),
    /x\.ts imports topology\/runtime\/tasks\/stream-task\.ts, upwards: topology\/runtime\/topics → topology\/runtime\/tasks/,
  )
  assert.match(climbsOf('stores/x.ts', "export type { Node } from '../topology/nodes/node.ts'").join(), /upwards/)
  assert.match(climbsOf('attic/x.ts', '').join(), /no room/)
  assert.equal(climbsOf('topology/runtime/tasks/x.ts', "import type { TaskId } from '../../queryable-streams.ts'"), [])
})

const upwards = '../topology/nodes/node.ts'
for (const form of [
  `export * from '${upwards}'`,
  `export * as nodes from '${upwards}'`,
  `await import('${upwards}')`,
  `await import(/* later */ '${upwards}')`,
  `require('${upwards}')`,
  `createRequire(import.meta.url)('${upwards}')`,
  `const load = createRequire(import.meta.url)\nload('${upwards}')`,
  `type Node = import('${upwards}').Node`,
  `/// <reference path="${upwards}" />`,
  "import { Topology } from 'sluice'",
  "import { servingTopology } from 'sluice/serving'",
  "import '/topology/nodes/node.ts'",
])
  test(`an import of a higher room is found in ${form.slice(0, 60)}`, () => assert.match(climbsOf('stores/x.ts', form).join(), /upwards/))

test('an import past an index is found in an import type', () => {
  for (const form of [`type Node = import('${upwards}').Node`, `let node: typeof import('${upwards}')`])
    assert.is(wallsOf('cli/x.ts', form).length, 1, form)
})

test('a cycle of any length is found, also of type imports', () => {
  const circle = new Map([
    ...tree,
    ['base/a.ts', "import type { B } from './b.ts'"],
    ['base/b.ts', "export { c } from './c.ts'"],
    ['base/c.ts', "import { a } from './a.ts'"],
  ])
  assert.equal(circlesOf(importsIn(circle)), [['base/a.ts', 'base/b.ts', 'base/c.ts']])
})

test.run()
