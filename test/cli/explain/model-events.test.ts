import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readEvents } from '../../../cli/explain/model-events.ts'

const test = suite('events of models, as they are read from their topic')

const event = { event: 'effective', dataType: 'wine', at: 1_700_000_000_000, position: { partition: 1, offset: 5 } }

test('what is no event of the data type is skipped and counted', () => {
  const values = [
    JSON.stringify(event),
    'no json',
    '',
    'null',
    '[]',
    '"text"',
    '{"event":"effective"}',
    JSON.stringify({ ...event, dataType: 'beer' }),
    JSON.stringify({ ...event, event: 5 }),
    JSON.stringify({ ...event, at: 'today' }),
    JSON.stringify({ ...event, at: 1e300 }),
    JSON.stringify({ ...event, position: 'there' }),
    JSON.stringify({ ...event, record: { partition: 0 } }),
    JSON.stringify({ ...event, event: 'promoted', more: 'a later build has more' }),
  ]
  const wine = Buffer.from('wine')
  const records = [
    ...values.map(value => ({ key: wine, value: Buffer.from(value) })),
    { key: wine, value: null },
    { key: Buffer.from('beer'), value: Buffer.from('no json') },
    { key: null, value: Buffer.from('no json') },
  ]
  const { events, stray } = readEvents(records, 'wine')
  assert.equal(
    events.map(({ event: name }) => name),
    ['effective', 'promoted'],
  )
  assert.is(stray, 13)
})

test.run()
