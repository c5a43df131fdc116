import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { movedFrom, movedFromHeader, movedHeaders, orderedHeaders } from '../../topology/index.ts'
import type { HeaderValue } from '../../topology/index.ts'

const test = suite('the header of moved records')
const here = { topic: 'models', partition: 2, offset: 50 }
const said = (...values: readonly HeaderValue[]): ReturnType<typeof movedFrom> =>
  movedFrom({ ...here, headers: orderedHeaders(values.map(value => [movedFromHeader, value])) })

test('what is written is read, from each partition', () => {
  for (const partition of [0, 1, 2, 2 ** 31 - 1]) {
    const headers = movedHeaders({ topic: 'models', partition, offset: 7, headers: orderedHeaders([['who', 'a trainer']]) })
    assert.equal(movedFrom({ ...here, headers }), { partition, offset: 7 })
    assert.is(String(headers['who']), 'a trainer')
  }
  const again = movedHeaders({ ...here, headers: movedHeaders({ ...here, headers: undefined }) })
  assert.equal(movedFrom({ ...here, partition: 3, headers: again }), { partition: 2, offset: 50 })
})

test('what no application writes is no header of a moved record', () => {
  const forged = [
    '',
    'models',
    'models-0',
    'models-0@',
    'models-@7',
    'models--1@7',
    'models-0@-7',
    'models-0@7.5',
    'models-0@1e3',
    'models-0@07',
    'models-00@7',
    'models-0@0x7',
    'models-0@7 ',
    ' models-0@7',
    'models-0@7\n',
    'models-0@NaN',
    'models-0@Infinity',
    'models-0@9007199254740992',
    'models-0@99999999999999999999',
    'models-2147483648@7',
    'models-99999999999@7',
    // Other topics, such as the one from which this one is mirrored.
    'others-0@7',
    'model-0@7',
    'models-2-0@7',
    // This very record, or a later one of its partition.
    'models-2@50',
    'models-2@51',
    `models-0@7${' '.repeat(400)}`,
    '\uFFFD'.repeat(200),
  ]
  assert.equal(
    forged.filter(text => said(text) !== undefined || said(Buffer.from(text)) !== undefined),
    [],
  )
  assert.equal(
    [said(null), said('models-0@7', 'models-0@8'), said(Buffer.from([0xff, 0xfe])), said()],
    [undefined, undefined, undefined, undefined],
  )
  assert.equal(
    [said('models-0@7'), said('models-2@49'), said('models-0@9007199254740991')],
    [
      { partition: 0, offset: 7 },
      { partition: 2, offset: 49 },
      { partition: 0, offset: Number.MAX_SAFE_INTEGER },
    ],
  )
})

test.run()
