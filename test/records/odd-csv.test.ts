import { PassThrough, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openCsv } from '../../records/csv-rows.ts'
import { messageOf } from '../../base/index.ts'

const fields = ['amount', 'country']

/** The cells of each row, or what is wrong with it; the last entry is why reading ended, if it was not the end. */
async function read(content: Buffer | string, chunkBytes = Infinity): Promise<unknown[]> {
  const bytes = Buffer.from(content as string)
  const chunks = Array.from({ length: Math.ceil(bytes.length / Math.min(chunkBytes, bytes.length)) }, (_, at) =>
    bytes.subarray(at * chunkBytes || 0, (at + 1) * chunkBytes),
  )
  const found: unknown[] = []
  try {
    const { rows } = await openCsv(Readable.from(chunks), fields, { tellFaults: true })
    for await (const { line, cells, fault } of rows) found.push(fault === undefined ? cells.join('|') : `line ${line} ${fault}`)
  } catch (error) {
    found.push(messageOf(error))
  }
  return found
}

const test = suite('odd CSV')

for (const chunkBytes of [1, 2, 3, 7, Infinity]) {
  const within = `in chunks of ${chunkBytes} bytes`

  test(`lines may end in either way in one file, ${within}`, async () => {
    const expected = ['1|DE', '2|FR', '3|IT', '4|ES']
    assert.equal(await read('amount,country\r\n1,DE\n2,FR\r\n3,IT\n4,ES', chunkBytes), expected)
    assert.equal(await read('amount,country\n1,DE\r\n2,FR\n3,IT\r\n4,ES\r\n', chunkBytes), expected)
    assert.equal(await read('\n\r\namount,country\r\n1,DE\r\n\n2,FR\n\r\n3,IT\n4,ES', chunkBytes), expected)
    assert.equal(await read('amount,country\r1,DE\r2,FR\r3,IT\r4,ES\r', chunkBytes), expected)
  })

  test(`a carriage return within a line is text, where it does not end the first one, ${within}`, async () => {
    assert.equal(await read('amount,country\r\n1,D\rE\r\n2,FR\r\n', chunkBytes), ['1|D\rE', '2|FR'])
    assert.equal(await read('amount,country\n1,D\rE\n2,"F\r\nR"\n', chunkBytes), ['1|D\rE', '2|F\r\nR'])
  })

  test(`a cell that is not UTF-8 is a fault of its row, and no other text, ${within}`, async () => {
    const latin = Buffer.from('amount,country,note\n1,M\xfcnchen,a\n2,Bonn,\xfc\n3,Ulm,\n', 'latin1')
    assert.equal(await read(latin, chunkBytes), ['line 2 is not UTF-8 text', '2|Bonn', '3|Ulm'])
    const cut = Buffer.concat([Buffer.from('amount,country\n1,Köln\n2,K'), Buffer.from([0xc3])])
    assert.equal(await read(cut, chunkBytes), ['1|Köln', 'line 3 is not UTF-8 text'])
  })

  test(`what is UTF-8 stays what it is: characters of 1 to 4 bytes, and U+FFFD, ${within}`, async () => {
    assert.equal(await read('\ufeffamount,country\n1,é\n2,€\n3,𝄞\n4,\ufffd\n', chunkBytes), ['1|é', '2|€', '3|𝄞', '4|\ufffd'])
  })

  test(`UTF-16 with a byte order mark, as spreadsheets write it, ${within}`, async () => {
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('amount\tcountry\r\n1\tMünchen\n2\tUlm\r\n', 'utf16le')])
    assert.equal(await read(wide, chunkBytes), ['1|München', '2|Ulm'])
  })
}

test('a quote that is never closed does not take all of an endless input into memory', async () => {
  let sent = 0
  function* endless(): Generator<Buffer> {
    yield Buffer.from('amount,country\n1,"DE')
    for (; sent < 200; sent++) yield Buffer.alloc(1 << 20, 'a')
  }
  const reading = async (): Promise<string> => {
    const { rows } = await openCsv(Readable.from(endless()), fields, { tellFaults: true })
    for await (const { line } of rows) if (line > 2) return 'a row'
    return 'the end'
  }
  const failed = await reading().catch(messageOf)
  assert.match(failed, /^line 2 of the input cannot be read: Max Record Size/)
  assert.ok(sent < 70, `${sent} MB were read`)
})

/** What a pipe that stays open must have given by then, in this order. */
const pieces: readonly (readonly [what: string, pieces: readonly (readonly [piece: string, rows: readonly string[]])[]])[] = [
  [
    'rows that come one by one',
    [
      ['amount,country\n', []],
      ['1,DE\n', ['1|DE']],
      ['2,FR\r\n', ['2|FR']],
    ],
  ],
  [
    'a row with a part of the next one',
    [
      ['amount,country\n1,DE\n2', ['1|DE']],
      [',FR\n3,"I', ['2|FR']],
      ['T\nA"\n', ['3|IT\nA']],
    ],
  ],
  [
    'a first row of numbers',
    [
      ['7,1\n', ['7|1']],
      ['8,2\n', ['8|2']],
    ],
  ],
  [
    'quoted cells at the end',
    [
      ['amount,country\n1,"DE"\n', ['1|DE']],
      ['2,"F""R"\r\n', ['2|F"R']],
      ['3,""\n', ['3|']],
    ],
  ],
  [
    'a line feed within quotes, then a pause',
    [
      ['amount,country\n1,"D\n', []],
      ['E"\n', ['1|D\nE']],
    ],
  ],
  [
    'a carriage return that comes before its line feed',
    [
      ['amount,country\r', []],
      ['\n1,DE\r', []],
      ['\n', ['1|DE']],
    ],
  ],
  [
    'blank lines',
    [
      ['amount,country\n\n', []],
      ['1,DE\n\n', ['1|DE']],
    ],
  ],
]

for (const encoding of ['utf8', 'utf16le'] as const)
  for (const [what, steps] of pieces)
    test(`a row is given once its line feed has come, ${encoding}: ${what}`, async () => {
      const pipe = new PassThrough()
      const found: string[] = []
      const mark = encoding === 'utf16le' ? '\ufeff' : ''
      const reading = openCsv(pipe, fields, { tellFaults: true })
        .then(async ({ rows }) => {
          for await (const { line, cells, fault } of rows)
            found.push(fault === undefined ? cells.map(cell => cell ?? '').join('|') : `line ${line} ${fault}`)
        })
        .catch((error: unknown) => found.push(messageOf(error)))
      const expected: string[] = []
      for (const [at, [piece, rows]] of steps.entries()) {
        pipe.write(Buffer.from(`${at === 0 ? mark : ''}${piece}`, encoding))
        expected.push(...rows)
        for (let waited = 0; found.length < expected.length && waited < 100; waited++) await sleep(5)
        assert.equal(found, expected, JSON.stringify(piece))
      }
      pipe.end()
      await reading
    })

test('in which pieces the text comes makes no difference', async () => {
  const part = fc.constantFrom('"', '""', ',', '\n', '\r\n', '\r', 'a', '1', ' ', 'é')
  const text = fc.array(part, { maxLength: 25 }).map(parts => `amount,country\n${parts.join('')}`)
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 6 }), async (content, size) => {
      assert.equal(await read(content, size), await read(content))
    }),
    { numRuns: 200 },
  )
})

test.run()
