import { PassThrough } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { oneLine } from '../../cli/one-line.ts'
import { Output, progressBar, type TextStream, toJson } from '../../cli/output.ts'

/** A stream that is a terminal or a pipe, and what was written to it. */
function stream(isTTY: boolean): { readonly to: TextStream; readonly text: () => string } {
  const to: TextStream = Object.assign(new PassThrough(), { isTTY })
  return { to, text: () => String((to as unknown as PassThrough).read() ?? '') }
}

const output = suite('output')

output('a pipe gets JSON, one value per line; a terminal gets it on request', async () => {
  for (const [isTTY, json] of [
    [false, false],
    [true, true],
  ] as const) {
    const { to, text } = stream(isTTY)
    const out = new Output({ json }, to)
    await out.fields({ a: 1, none: undefined })
    await out.rows(['a'], [{ a: 1, b: 2 }, { a: 'x\ny' }])
    await (
      await out.lines([{ name: 'a', width: 3 }])
    )({ a: null })
    assert.equal(text(), '{"a":1}\n{"a":1,"b":2}\n{"a":"x\\ny"}\n{"a":null}\n')
  }
})

output('a terminal gets tables of the named columns, one row per line', async () => {
  const { to, text } = stream(true)
  const out = new Output({}, to)
  await out.rows(['name', 'n'], [{ name: 'two\nlines', n: [1, 2], other: 'x' }])
  const shown = text()
  assert.match(shown, /│ name\s+│ n\s+│/)
  assert.match(shown, /│ two lines │ \[1,2\] │/)
  assert.not.match(shown, /x/)
  await out.fields({ topic: 'data', gone: undefined })
  assert.match(text(), /│ topic │ data │/)
})

output('lines that are printed one by one are aligned', async () => {
  const { to, text } = stream(true)
  const print = await new Output({}, to).lines([
    { name: 'key', width: 5 },
    { name: 'n', width: 4, align: 'right' },
    { name: 'rest', width: 0 },
  ])
  await print({ key: 'a', n: 12, rest: 'r' })
  await print({ key: 'longer', n: 1 })
  assert.equal(text(), 'key       n  rest\na        12  r\nlonger     1\n')
})

output('waits for a reader that is slower', async () => {
  const slow = new PassThrough({ highWaterMark: 8 })
  let done = false
  const written = new Output({}, slow).line('x'.repeat(100)).then(() => (done = true))
  await new Promise(resolve => setImmediate(resolve))
  assert.not.ok(done)
  slow.resume()
  await written
  assert.ok(done)
})

output('JSON output represents values that JSON lacks', () => {
  assert.is(
    toJson({ nan: NaN, inf: -Infinity, big: 12n, huge: 2n ** 60n, bytes: Buffer.from('hi'), array: new Uint8Array([1]), list: [NaN] }),
    '{"nan":"NaN","inf":"-Infinity","big":12,"huge":"1152921504606846976","bytes":"aGk=","array":"AQ==","list":["NaN"]}',
  )
})

output('a progress bar on a terminal only', () => {
  for (const isTTY of [true, false]) {
    const { to, text } = stream(isTTY)
    const bar = progressBar('records', 10, to)
    bar.update(5)
    bar.stop(10)
    assert.is(text().includes('10 of 10 records'), isTTY)
  }
})

output('a value that cannot be written does not end the output: the others are shown', async () => {
  let deep: unknown = 1
  for (let level = 0; level < 20_000; level++) deep = { deep }
  const { to, text } = stream(false)
  for (const value of [{ n: 1 }, { deep }, { n: 2 }]) await new Output({}, to).json(value)
  assert.equal(text(), '{"n":1}\n"(too deeply nested or too large to show)"\n{"n":2}\n')
})

output('control characters in foreign values do not reach the terminal', async () => {
  const hostile = 'a\u001b[2J\u009b31mb\u0007\r\n\tc\u0000'
  for (const show of [
    (out: Output) => out.fields({ key: hostile, value: { text: hostile } }),
    (out: Output) => out.rows(['key'], [{ key: hostile }]),
    async (out: Output) => (await out.lines([{ name: 'key', width: 10 }]))({ key: hostile }),
  ]) {
    const { to, text } = stream(true)
    await show(new Output({}, to))
    const shown = text()
    assert.match(shown, String.raw`a\x1b[2J\x9b31mb\x07 c\x00`)
    assert.not.match(shown.replaceAll('\n', ''), /\p{Cc}/u)
  }
  assert.is(oneLine(`${' '.repeat(1_000_000)}x\n\n ${' '.repeat(1_000_000)}y `), 'x y')
})

output('no table, list or JSON has a sign that a terminal acts on, or that hides or turns other text', async () => {
  const hostile = 'a\u001b[31mred\u007f\u009b31m\u202eabc\u200b\u2066x\u0007\u2028z\ufeff'
  const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/u

  const shownBy = async (options: { readonly json?: boolean }, show: (out: Output) => Promise<void>): Promise<string> => {
    const { to, text } = stream(true)
    await show(new Output(options, to))
    return text().replaceAll('\n', '')
  }
  for (const json of [false, true])
    for (const show of [
      (out: Output) => out.fields({ [hostile]: hostile, list: [hostile], inner: { [hostile]: 1 } }),
      (out: Output) => out.rows([hostile], [{ [hostile]: hostile }]),
      async (out: Output) => (await out.lines([{ name: 'key', width: 10 }]))({ key: hostile }),
      (out: Output) => out.plain([`1,2,${hostile}`, hostile]),
    ])
      assert.not.match(await shownBy({ json }, show), unsafe)
  assert.is(JSON.parse(toJson({ [hostile]: hostile }))[hostile], hostile)
  const { to, text } = stream(false)
  await new Output({}, to).plain(['1,"é\u009b"', '2,x'])
  assert.is(text(), '1,"é\u009b"\n2,x\n')
})

output.run()
