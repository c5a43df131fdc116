import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeCommitNote } from '../../topology/runtime/group/commit-mark.ts'
import { commitHeader } from '../../topology/runtime/topics/commit-header.ts'
import { counted } from './counted.ts'
import { CountingWorld, upTo } from './counting-world.ts'
import { eventually } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else run(brokers)

/** Rows of a commit that a member has sent which was frozen meanwhile, and whose tasks others have taken over. */
const late = (rows: Readonly<Record<string, string | null>>) => {
  const note = encodeCommitNote({ mark: { since: 1, number: 1 }, exact: false, inputs: [] })
  const entries = Object.entries(rows)
  return entries.map(([key, value], at) => ({
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    partition: 0,
    ...(at === entries.length - 1 && { headers: { [commitHeader]: note } }),
  }))
}

function run(brokers: string): void {
  const test = suite<{ world: CountingWorld }>('rows that come behind those of the next owner')
  test.before.each(async context => {
    context.world = await CountingWorld.open(brokers)
  })
  test.after.each(({ world }) => world.close())

  const lastRows = async ({ fixture }: CountingWorld): Promise<Readonly<Record<string, string | undefined>>> =>
    Object.fromEntries((await fixture.readAll('counts-changelog')).map(({ key, value }) => [String(key), value?.toString()]))

  test('are replaced by what the owner has, also where it has nothing', async ({ world }) => {
    const { fixture } = world
    const one = await world.start('at_least_once')
    await world.send(3)
    await eventually(
      () => lastRows(world),
      ({ k }) => k === '3',
    )
    await fixture.produce('counts-changelog', late({ k: '1', stranger: '9' }))
    await fixture.produce('in', [{ key: Buffer.from('other'), value: Buffer.from('x') }])
    const rows = await eventually(
      () => lastRows(world),
      ({ k, stranger }) => k === '3' && stranger === undefined,
    )
    assert.equal(rows, { k: '3', other: '1', stranger: undefined })
    assert.is(await counted(one, 'sluice_foreign_rows_total'), 2)
    assert.ok(world.warnings.some(({ message, rows: count }) => /rows of another writer/.test(String(message)) && count === 2))
    await one.stop()
    await world.start('at_least_once', 'two')
    await world.produce(1)
    assert.equal(await world.results(5), [...upTo(3), '1', '4'])
  })

  test('are replaced while records go on', async ({ world }) => {
    const { fixture } = world
    await world.start('at_least_once')
    await world.send(1)
    for (let round = 0; round < 5; round++) {
      await fixture.produce('counts-changelog', late({ k: '0', [`stranger-${round}`]: '9' }))
      await world.produce(200)
    }
    await world.results(1001)
    const rows = await eventually(
      () => lastRows(world),
      found => found['k'] === '1001' && Object.values(found).filter(value => value !== undefined).length === 1,
    )
    assert.is(rows['k'], '1001')
  })

  test.run()
}
