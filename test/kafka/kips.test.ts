import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { brokerVersions, type VersionRange } from '../support/broker-versions.ts'
import { clientRequests, productSources, requestHeads } from '../support/protocol.ts'

const project = join(import.meta.dirname, '../..')
const page = readFileSync(join(project, 'docs/kips.md'), 'utf8')
const sources = productSources(project)
const heads = [...sources].flatMap(([file, source]) => requestHeads(file, source))
const test = suite('docs/kips.md')

/** The cells of the rows of a chapter. */
function rowsOf(title: string): string[][] {
  const chapter = page.split(/^## /m).find(each => each.startsWith(title))
  assert.ok(chapter, `there is no chapter "${title}"`)
  const lines = chapter.split('\n').filter(line => line.startsWith('|'))
  return lines.slice(2).map(line =>
    line
      .slice(1, -1)
      .split('|')
      .map(cell => cell.trim()),
  )
}

interface RequestRow {
  readonly apiKey: number
  readonly apiName: string
  readonly by: string
  readonly version: number
  readonly range: string
  readonly where: string
}

const requestRows = rowsOf('Requests').map(([key, apiName, by, version, range, , where]): RequestRow => {
  return { apiKey: Number(key), apiName: apiName!, by: by!, version: Number(version), range: range!, where: where! }
})

/** The files to which a cell links, and the names that it shows as code. */
function placesOf(cell: string): { readonly files: readonly string[]; readonly names: readonly string[] } {
  const files = [...cell.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => join('docs', path as string))
  return { files, names: [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string) }
}

const kipsIn = (text: string): string[] => [...new Set([...text.matchAll(/\bKIP-(\d+)\b/g)].map(([, number]) => number as string))]
const byNumber = (numbers: Iterable<string>): string[] => [...new Set(numbers)].toSorted((a, b) => Number(a) - Number(b))

test('requests of Sluice: each has a row, and each row has a request', () => {
  const rows = requestRows.filter(({ by }) => by === 'own')
  const told = rows.flatMap(row => placesOf(row.where).files.map(file => `${row.apiKey} ${row.apiName} v${row.version} ${file}`))
  const sent = heads.map(({ apiKey, apiName, apiVersion, file }) => `${apiKey} ${apiName} v${apiVersion} ${file}`)
  assert.ok(sent.length >= 3)
  assert.equal(told.toSorted(), sent.toSorted())
})

test('a request whose numbers cannot be read is noticed', () => {
  const head = "{ apiKey, apiVersion: 2, apiName: 'Fetch' }"
  assert.equal(requestHeads('a.ts', `const apiKey = 1\nconst head = ${head}`), [
    { apiKey: 1, apiVersion: 2, apiName: 'Fetch', file: 'a.ts' },
  ])
  assert.throws(() => requestHeads('a.ts', `const head = ${head}`), /a\.ts: the apiKey of Fetch is neither/)
  assert.equal(
    [...sources]
      .filter(([file, source]) => /\bapiVersion: \d/.test(source) && !heads.some(each => each.file === file))
      .map(([file]) => file),
    [],
  )
})

test('requests of kafkajs: each in its sources has a row or is listed as unused', () => {
  const unused = placesOf(/^Not used[^]*?\n\n/m.exec(page)?.[0] ?? '').names
  const rows = requestRows.filter(({ by }) => by.startsWith('kafkajs'))
  const told = rows.map(({ apiKey, apiName, by }) => `${apiKey} ${apiName} ${by}`)
  const able = clientRequests().filter(({ apiName }) => !unused.includes(apiName))
  const expected = able.map(({ apiKey, apiName, versions }) => {
    const [first, last] = [Math.min(...versions), Math.max(...versions)]
    return `${apiKey} ${apiName} kafkajs, ${first === last ? first : `${first}–${last}`}`
  })
  assert.equal(told.toSorted(), expected.toSorted())
  const called = unused.filter(name => [...sources.values()].some(source => source.includes(`.${name[0]?.toLowerCase()}${name.slice(1)}(`)))
  assert.equal(called, [], 'these are used')
})

test('every linked file exists, and contains the names of its row', () => {
  const cells = [...requestRows.map(({ where }) => where), ...rowsOf('KIPs that are spoken').map(cells => cells[3]!)]
  const wrong = cells.flatMap(cell => {
    const { files, names } = placesOf(cell)
    const missing = files.filter(file => !existsSync(join(project, file)))
    if (missing.length > 0 || files.length === 0) return [`${cell}: there is no ${missing.join(', ') || 'link'}`]
    const texts = files.map(file => readFileSync(join(project, file), 'utf8')).join('\n')
    return names.filter(name => !texts.includes(name)).map(name => `${dirname(files[0]!)}: there is no ${name}`)
  })
  assert.equal(wrong, [])
})

test('every KIP that the sources name has a row, and none is listed as unsupported', () => {
  const spoken = rowsOf('KIPs that are spoken').map(([kip]) => kip!)
  const refused = rowsOf('KIPs that are not spoken').map(([kip]) => kip!)
  const named = kipsIn([...sources.values()].join('\n'))
  assert.ok(named.length >= 8)
  const inPages = readdirSync(join(project, 'docs')).filter(name => name.endsWith('.md') && name !== 'kips.md')
  const told = kipsIn(inPages.map(name => readFileSync(join(project, 'docs', name), 'utf8')).join('\n'))
  assert.equal(byNumber(told.filter(kip => !spoken.includes(kip) && !refused.includes(kip))), [], 'other pages name these')
  assert.equal(byNumber(named.filter(kip => !spoken.includes(kip))), [], 'the sources name these')
  assert.equal(
    refused.filter(kip => spoken.includes(kip)),
    [],
  )
  assert.equal([spoken, refused], [byNumber(spoken), byNumber(refused)], 'the rows are in order')
  // The row of a KIP that the sources name links to a file that names it.
  const unlinked = rowsOf('KIPs that are spoken').filter(([kip, , , where]) => {
    const files = placesOf(where!).files
    return named.includes(kip!) && !files.some(file => kipsIn(readFileSync(join(project, file), 'utf8')).includes(kip!))
  })
  assert.equal(
    unlinked.map(([kip]) => kip),
    [],
  )
})

const inRange = ({ min, max }: VersionRange, version: number): boolean => min <= version && version <= max
/** The level of `metadata.version` of the Kafka version in the column of the page. */
const levelOfColumn = 33

const [broker] = process.env['KAFKA_BROKERS']?.split(',') ?? []
if (broker === undefined) console.log('without KAFKA_BROKERS, the page is not held against a broker')
else {
  test('the broker supports every used version, and the ranges are those of Kafka 4.4', async () => {
    const { apis, features } = await brokerVersions(broker)
    const spoken = (key: number, version: number): boolean => inRange(apis.get(key) ?? { min: 0, max: -1 }, version)
    assert.equal(
      requestRows.filter(({ apiKey, version }) => !spoken(apiKey, version)),
      [],
    )
    assert.equal(
      heads.filter(({ apiKey, apiVersion }) => !spoken(apiKey, apiVersion)),
      [],
    )
    // kafkajs uses the newest version that both it and the broker support.
    const newest = clientRequests().map(({ apiKey, versions }) => [apiKey, Math.min(Math.max(...versions), apis.get(apiKey)?.max ?? -1)])
    const told = requestRows.filter(({ by }) => by.startsWith('kafkajs')).map(({ apiKey, version }) => [apiKey, version] as const)
    assert.equal(
      told.filter(([key, version]) => !newest.some(each => each[0] === key && each[1] === version)),
      [],
    )
    // Another Kafka, given by KAFKA_BROKERS, may have other ranges.
    if (features.get('metadata.version')?.max !== levelOfColumn) return
    const range = ({ min, max }: VersionRange): string => (min === max ? `${min}` : `${min}–${max}`)
    const wrong = requestRows.filter(row => range(apis.get(row.apiKey)!) !== row.range)
    assert.equal(
      wrong.map(({ apiKey, apiName, range: written }) => `${apiKey} ${apiName}: ${written} is ${range(apis.get(apiKey)!)}`),
      [],
    )
  })
}

test.run()
