import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Hop, hopsOf, sourcesBelow, wrongHops } from '../support/hops.ts'
import { importsOf, layers } from '../support/layers.ts'

const project = join(import.meta.dirname, '../..')
const page = readFileSync(join(project, 'docs/architecture.md'), 'utf8')
const sources = sourcesBelow(project)
const test = suite('docs/architecture.md')

function chapter(title: string): string {
  const found = page.split(/^## /m).find(each => each.startsWith(title))
  assert.ok(found !== undefined, `there is no chapter "${title}"`)
  return found
}

/** Paths of the project that the page names: what its links lead to, and what stands as code. */
function namedPaths(text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, path]) => normalize(join('docs', path as string)))
  const code = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/(?:[\w-]+\.\w+)?)`/g)].map(([, path]) => path as string)
  return [...links, ...code]
}

test('every file and folder that it names exists', () => {
  const named = namedPaths(page)
  assert.ok(named.length > 80, `only ${named.length} were found`)
  assert.equal(
    named.filter(path => !existsSync(join(project, path))),
    [],
  )
})

test('the files in its pictures are those of its tables', () => {
  const linked = new Set(namedPaths(page).map(path => path.split('/').at(-1)))
  const pictures = [...page.matchAll(/```mermaid\n(.*?)```/gs)].map(([, picture]) => picture as string)
  assert.is(pictures.length, 4)
  for (const picture of pictures) {
    const names = [...picture.matchAll(/[\w-]+\.ts\b/g)].map(([name]) => name)
    assert.ok(names.length > 4)
    assert.equal(
      names.filter(name => !linked.has(name)),
      [],
    )
  }
})

const ways = ["A record's way", "A model's swap", "A query's hop", 'A rebalance']

for (const title of ways) {
  test(`${title}: the hops are the calls that the code makes`, () => {
    const hops = hopsOf(chapter(title))
    assert.ok(hops.length >= 10)
    assert.equal(wrongHops(hops, sources), [])
  })
}

test('wrong names, calls and orders are found', () => {
  const hops = hopsOf(chapter(ways[0] as string))
  const changed = (number: number, change: Partial<Hop>): string[] =>
    wrongHops(
      hops.map(hop => (hop.number === number ? { ...hop, ...change } : hop)),
      sources,
    )
  const hop = (file: string, call: string): Hop => hops.find(each => each.file.endsWith(`/${file}`) && each.call === call) as Hop
  const queue = hop('record-queue.ts', 'addRecords')
  assert.match(changed(queue.number, { file: 'topology/runtime/tasks/record-queues.ts' }).join(), 'there is no')
  assert.match(changed(queue.number, { call: 'take' }).join(), 'has no take')
  assert.match(changed(queue.number, { file: 'topology/runtime/tasks/partition-group.ts', call: 'nextRecords' }).join(), 'does not import')
  const sink = hop('sink-node.ts', 'processBatch')
  assert.match(changed(sink.number, { through: undefined }).join(), 'does not import')
  const drain = hop('record-collector.ts', 'drain')
  assert.match(changed(drain.number, { by: hop('sink-node.ts', 'processBatch').number }).join(), 'has ended before')
  // Any two hops next to each other in the wrong order.
  for (let at = 0; at + 1 < hops.length; at++) {
    const [first, second] = [hops[at] as Hop, hops[at + 1] as Hop]
    const turned = hops.with(at, { ...second, number: first.number }).with(at + 1, { ...first, number: second.number })
    if (first.file === second.file) continue
    assert.ok(wrongHops(turned, sources).length > 0, `hops ${first.number} and ${second.number} can be exchanged without a word`)
  }
})

/** The rooms in the table's order, from the top to the ground. */
const rooms = [...chapter('The rooms').matchAll(/^\| `([\w/-]+)\/`/gm)].map(([, room]) => room as string)

function roomOf(path: string): string | undefined {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) if (rooms.includes(folder)) return folder
  return undefined
}

test('its table has every layer and every room of the runtime', () => {
  const runtime = readdirSync(join(project, 'topology/runtime'), { withFileTypes: true }).filter(entry => entry.isDirectory())
  const expected = [...Object.keys(layers), ...runtime.map(({ name }) => `topology/runtime/${name}`)]
  assert.equal(
    expected.filter(room => !rooms.includes(room)),
    [],
  )
})

test('no room of its table imports a room above it', () => {
  const upwards: string[] = []
  for (const room of rooms) {
    for (const name of readdirSync(join(project, room), { recursive: true, encoding: 'utf8' })) {
      const path = join(room, name)
      if (!name.endsWith('.ts') || roomOf(path) !== room) continue
      for (const specifier of importsOf(sources(path) ?? '')) {
        const target = specifier.startsWith('.') ? roomOf(normalize(join(dirname(path), specifier))) : undefined
        if (target === undefined || target === room) continue
        // A room and one within it know each other.
        if (target.startsWith(`${room}/`) || room.startsWith(`${target}/`)) continue
        if (rooms.indexOf(target) < rooms.indexOf(room)) upwards.push(`${path} imports ${specifier}: ${target}/ stands above ${room}/`)
      }
    }
  }
  assert.equal(upwards, [])
})

test.run()
