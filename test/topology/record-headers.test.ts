import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import {
  headerEntries,
  orderedHeaders,
  Topology,
  TopologyTestDriver,
  withHeader,
  type HeaderEntry,
  type Headers,
} from '../../topology/index.ts'
import { headerBytes, readHeaders } from '../../topology/record-headers.ts'

const test = suite('record headers')
const shown = (headers: Headers | undefined): string =>
  headerEntries(headers)
    .map(([name, value]) => `${name}=${value === null ? 'null' : Buffer.from(value).toString()}`)
    .join(' ')
const fetched = (entries: readonly HeaderEntry[]): Headers => readHeaders(headerBytes(orderedHeaders(entries)) as Buffer)

const name = fc.oneof(fc.constantFrom('a', 'b', '1', '2', '', '__proto__', 'constructor', 'é'), fc.string({ maxLength: 5 }))
const value = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.string({ maxLength: 5 }), fc.constant(null))
const entries = fc.array(fc.tuple(name, value), { maxLength: 12 })

test('any headers are read unchanged and in order', () => {
  fc.assert(
    fc.property(entries, given => {
      const bytes = (of: readonly HeaderEntry[]): unknown =>
        of.map(([each, content]) => [each, content === null ? null : Buffer.from(content as string)])
      const back = fetched(given)
      assert.equal(bytes(headerEntries(back)), bytes(given))
      assert.equal(bytes(headerEntries(orderedHeaders(given))), bytes(given))
      assert.equal(new Set(Object.keys(back)), new Set(given.map(([each]) => each)))
      assert.is(headerBytes(back)?.equals(headerBytes(orderedHeaders(given)) as Buffer), true)
      for (const each of Object.keys(back)) {
        const [first, ...more] = given.filter(([other]) => other === each).map(([, content]) => content)
        const found = Object.getOwnPropertyDescriptor(back, each)?.value as unknown
        assert.is(Array.isArray(found) ? found.length : 1, more.length + 1)
        if (more.length === 0) assert.is(found === null, first === null)
      }
    }),
  )
})

test('headers by name are an object; a copy is independent', () => {
  const headers = fetched([
    ['b', '1'],
    ['a', 'x'],
    ['b', null],
  ])
  assert.equal(headers, { b: [Buffer.from('1'), null], a: Buffer.from('x') })
  assert.is(shown({ ...headers, c: 'y' }), 'b=1 b=null a=x c=y')
  assert.is(shown(headers), 'b=1 a=x b=null')
  assert.throws(() => Object.assign(headers, { z: 'y' }), /not extensible/)
})

test('withHeader replaces a header in its place, or adds it at the end', () => {
  const headers = fetched([
    ['2', 'x'],
    ['t', 'old'],
    ['1', 'y'],
    ['t', 'older'],
  ])
  assert.is(shown(withHeader(headers, 't', 'new')), '2=x t=new 1=y')
  assert.is(shown(withHeader(headers, 'u', 'new')), '2=x t=old 1=y t=older u=new')
  assert.is(shown(withHeader(undefined, 'u', 'new')), 'u=new')
})

test('40,000 of one name are read in time', () => {
  const many = fetched(Array.from({ length: 40_000 }, (_, at) => ['same', String(at)] as const))
  assert.is((many['same'] as unknown[]).length, 40_000)
  assert.is(String((many['same'] as unknown[]).at(-1)), '39999')
})

test('pass through a topology unchanged, in any order, also into dead letters', async () => {
  const texts = { key: stringSerde, value: stringSerde }
  const topology = new Topology().addSource('in', 'in', texts).addSink('out', 'out', texts, 'in')
  const driver = await TopologyTestDriver.open(topology)
  const headers = fetched([
    ['2', 'x'],
    ['a', '1'],
    ['1', 'y'],
    ['a', '2'],
  ])
  await driver.pipe('in', { value: 'v', headers })
  assert.is(shown(driver.read('out')[0]?.headers), '2=x a=1 1=y a=2')
  await driver.pipe('in', { value: Buffer.of(0xff), headers })
  const [letter] = driver.read(TopologyTestDriver.deadLetterTopic)
  assert.match(shown(letter?.headers), /^2=x a=1 1=y a=2 sluice\.error\.code=RECORD_UNDECODABLE /)
  await driver.close()
})

for (const [part, record] of [
  ['key', { key: Buffer.from('cafe\u0301é', 'latin1'), value: 'v' }],
  ['value', { key: 'k', value: Buffer.from([0x76, 0xe9]) }],
] as const) {
  test(`a ${part} that is not UTF-8 is reported`, async () => {
    const texts = { key: stringSerde, value: stringSerde }
    const driver = await TopologyTestDriver.open(new Topology().addSource('in', 'in', texts).addSink('out', 'out', texts, 'in'))
    await driver.pipeBatch('in', [{ key: 'ok', value: 'é' }, record])
    assert.equal(
      driver.read('out').map(({ value: content }) => Buffer.from(content ?? []).toString()),
      ['é'],
    )
    const [letter] = driver.read(TopologyTestDriver.deadLetterTopic)
    assert.is(letter?.headers?.['sluice.error.code'], 'RECORD_UNDECODABLE')
    assert.match(
      String(letter?.headers?.['sluice.error.message']),
      new RegExp(`source "in" cannot decode the record's ${part}: .*not UTF-8.*hex`),
    )
    assert.equal(letter?.[part], record[part])
    await driver.close()
  })
}

test.run()
