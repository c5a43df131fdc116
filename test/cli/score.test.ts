import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { run } from '../../cli/program.ts'
import { defaultModelFactory } from '../../models/index.ts'
import { readCsvRows } from '../../records/csv-rows.ts'
import { wineFields } from '../../examples/wine/wine-data.ts'
import { batchOf, specsOf } from '../models/batches.ts'
import { attribute, floats, int64s, node, onnx, value } from '../models/onnx-builder.ts'

const directory = mkdtempSync(join(tmpdir(), 'sluice-score-'))
const wine = 'examples/wine/wine.csv'
const linear = 'examples/wine/wine-linear.onnx'
const network = 'examples/wine/wine-mlp.onnx'
const command = ['--import', 'tsx', 'cli/main.ts', 'score']

function sluice(args: readonly string[], input?: Uint8Array): { status: number | null; lines: string[]; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], { encoding: 'utf8', input })
  assert.ok(stdout === '' || stdout.endsWith('\n'))
  return { status, lines: stdout.split('\n').slice(0, -1), stderr }
}

/** The same in this process, for what prints an error. */
async function inProcess(args: readonly string[]): Promise<{ status: number; stderr: string }> {
  let stderr = ''
  process.stderr.write = (chunk: string | Uint8Array) => Boolean((stderr += String(chunk)))
  try {
    const status = await run(['score', ...args])
    return { status, stderr }
  } finally {
    // The stream's own is on its prototype.
    Reflect.deleteProperty(process.stderr, 'write')
  }
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

async function direct(model: string): Promise<{ scores: readonly number[]; labels: readonly string[] }> {
  const rows: number[][] = []
  for await (const { cells } of readCsvRows(wine, wineFields)) rows.push(cells.map(Number))
  const loaded = await defaultModelFactory().load({ bytes: readFileSync(model), format: undefined, output: undefined })
  const { score, labels } = await loaded.score(batchOf(specsOf(wineFields), rows))
  const copied = { scores: [...score], labels: [...(labels ?? [])] }
  await loaded.dispose()
  return copied
}

/** `word` text, `n` int64 → `hit` bool: whether the word is in the list; fails where n is 0, by a division of whole numbers. */
const words = onnx({
  nodes: [
    node(
      'LabelEncoder',
      ['word'],
      ['code'],
      [attribute('keys_strings', ['yes', 'a,b']), attribute('values_int64s', [1n, 2n]), attribute('default_int64', 0n)],
    ),
    node('Add', ['code', 'n'], ['sum']),
    node('Cast', ['sum'], ['y'], [attribute('to', 1n)]),
  ],
  inputs: [value('word', 'string', ['N', 1]), value('n', 'int64', ['N', 1])],
  outputs: [value('y', 'float', ['N', 1])],
})

/** `x` [N, 2] → the table's entries at x, which fails beyond the table. */
const lookup = onnx({
  nodes: [
    node('Cast', ['x'], ['whole'], [attribute('to', 7n)]),
    node('ReduceSum', ['whole', 'axes'], ['index']),
    node('Gather', ['table', 'index'], ['y']),
  ],
  inputs: [value('x', 'float', ['N', 2])],
  outputs: [value('y', 'float', ['N', 1])],
  tensors: [floats('table', [3], [10, 20, 30]), int64s('axes', [1], [1])],
})

const test = suite('sluice score')
test.after(() => rmSync(directory, { recursive: true, force: true }))

test('a regression: the scores of the model, one line for each row, with any batch size', async () => {
  const { scores } = await direct(linear)
  const { status, lines, stderr } = sluice([linear, wine])
  assert.equal([status, stderr], [0, ''])
  assert.is(lines[0], 'row,score,label,quality')
  assert.equal(
    lines.slice(1).map(line => line.split(',')[0]),
    scores.map((_, row) => String(row)),
  )
  assert.equal(
    lines.slice(1).map(line => Math.fround(Number(line.split(',')[1]))),
    scores,
  )
  assert.equal(sluice([linear, wine, '--batch', '7']).lines, lines)
})

test('a classifier from standard input, rows without a header: labels, scores and probabilities', async () => {
  const { labels } = await direct(network)
  const bare = readFileSync(wine, 'utf8').split('\n').slice(1).join('\n').replaceAll(',', ';')
  const { status, lines } = sluice(['-', file('bare.csv', bare)], readFileSync(network))
  assert.is(status, 0)
  assert.is(lines[0], `row,score,label,quality,${[0, 1, 2, 3, 4, 5].map(at => `probabilities[${at}]`).join(',')}`)
  const cells = lines.slice(1).map(line => line.split(','))
  assert.equal(
    cells.map(([, score, label]) => [score, label]),
    labels.map(label => [label, label]),
  )
  assert.ok(cells.every(row => Math.abs(row.slice(4).reduce((sum, cell) => sum + Number(cell), 0) - 1) < 1e-5))
  const rows = sluice([network, '-', '--json', '--output', 'probabilities'], readFileSync(wine))
  assert.equal([rows.status, rows.lines.length], [0, labels.length])
  const first = JSON.parse(rows.lines[0] as string) as { label: string; outputs: { quality: number } }
  assert.equal([first.label, first.outputs.quality], [String(Number(labels[0]) - 3), Number(labels[0])])
})

test('text and numbers by name; no result for a missing value that the type cannot express', () => {
  const rows = file('words.csv', 'id\tN\tWord\n1\t5\tyes\n2\t6\t"a,b"\n3\t\tyes\n4\t7\t\n5\t-3\tother\n')
  const { status, lines } = sluice([file('words.onnx', words), rows])
  assert.equal([status, ...lines], [0, 'row,score,label,y', '0,6,,6', '1,8,,8', '2,,,', '3,,,', '4,-3,,-3'])
  const bare = sluice([join(directory, 'words.onnx'), file('bare-words.csv', 'yes,1\nno,2\n'), '--no-header', '--fields', 'word,n'])
  assert.equal([bare.status, ...bare.lines], [0, 'row,score,label,y', '0,2,,2', '1,2,,2'])
  const moved = sluice([join(directory, 'words.onnx'), file('moved.csv', 'x,3,yes,7\n'), '--no-header', '--fields', 'id,n,word,other'])
  assert.equal([moved.status, ...moved.lines], [0, 'row,score,label,y', '0,4,,4'])
})

test('rows on which the model fails are empty and reported at the end, with exit 1; the others are scored', () => {
  const rows = file('lookup.csv', 'a,b\n0,1\n9,9\n1,1\n5,5\n0,0\n')
  const { status, lines, stderr } = sluice([file('lookup.onnx', lookup), rows])
  assert.equal([status, ...lines], [1, 'row,score,label,y', '0,20,,20', '1,,,', '2,30,,30', '3,,,', '4,10,,10'])
  assert.match(stderr, /^sluice: the model failed on 2 of 5 rows; row 1: ONNX Runtime cannot run .*\[MODEL_FAILED\]\n$/)
  const json = sluice([join(directory, 'lookup.onnx'), rows, '--json']).lines.map(line => (JSON.parse(line) as { status: string }).status)
  assert.equal(json, ['OK', 'FAILED', 'OK', 'FAILED', 'OK'])
})

test('a row with an invalid cell, or of another length than the first, gets its error; the others are scored', () => {
  const rows = file('faults.csv', 'a,b\n0,1\nx,1\n1,1,1\nNA,0\n,0\n 1 ,-NaN\n0,0\n')
  const { status, lines, stderr } = sluice([join(directory, 'lookup.onnx'), rows, '--missing', 'NA,-', '--json', '--batch', '3'])
  const given = lines.map(line => JSON.parse(line) as { status: string; score: number | null; error?: string })
  assert.equal(
    given.map(({ status: of, error }) => [of, error?.replace(/ONNX.*/, '…')]),
    [
      ['OK', undefined],
      ['FAILED', 'line 3: a is "x", not a number'],
      ['FAILED', 'line 4 has 3 cells, the first line has 2'],
      ['FAILED', '…'],
      ['FAILED', '…'],
      ['FAILED', '…'],
      ['OK', undefined],
    ],
  )
  assert.is(status, 1)
  assert.match(stderr, /the model failed on 5 of 7 rows; row 1: line 3: a is "x"/)
})

test('it can read its own output: NaN, infinities and integers of 64 bits', () => {
  const twice = onnx({
    nodes: [node('Div', ['x', 'd'], ['y']), node('Identity', ['n'], ['m'])],
    inputs: [value('x', 'float', ['N']), value('d', 'float', ['N']), value('n', 'int64', ['N'])],
    outputs: [value('y', 'float', ['N']), value('m', 'int64', ['N'])],
  })
  const first = sluice([file('twice.onnx', twice), file('twice.csv', 'x,d,n\n0,0,9007199254740993\n1,0,-5\n-1,0,9223372036854775807\n')])
  assert.equal(first.lines.slice(1), [
    '0,NaN,,NaN,9007199254740993',
    '1,Infinity,,Infinity,-5',
    '2,-Infinity,,-Infinity,9223372036854775807',
  ])
  const again = file('again.csv', `row,score,label,x,n\n${first.lines.slice(1).join('\n')}`.replace('x,n', 'x,n').replace('row', 'd'))
  const { status, lines } = sluice([join(directory, 'twice.onnx'), again])
  assert.equal(
    [status, ...lines.slice(1)],
    [0, '0,NaN,,NaN,9007199254740993', '1,Infinity,,Infinity,-5', '2,-Infinity,,-Infinity,9223372036854775807'],
  )
})

test('--explain shows what each input takes, and scores nothing', () => {
  const { status, lines } = sluice([join(directory, 'words.onnx'), join(directory, 'words.csv'), '--explain'])
  assert.equal(
    [status, ...lines.map(line => JSON.parse(line) as unknown)],
    [
      0,
      { field: 'Word', input: 'word', index: 0, type: 'string', 'first value': 'yes' },
      { field: 'N', input: 'n', index: 0, type: 'int64', 'first value': '5' },
    ],
  )
})

test('a file with only a header gives only a header', () => {
  const { status, lines } = sluice([join(directory, 'lookup.onnx'), file('none.csv', 'a,b\n')])
  assert.equal([status, ...lines], [0, 'row,score,label,y'])
})

const failures: readonly (readonly [args: readonly string[], status: number, message: RegExp])[] = [
  [['no-such.onnx', wine], 1, /^sluice: model no-such.onnx cannot be read: ENOENT.*\[INPUT_INVALID\]\n$/],
  [[linear, 'no-such.csv'], 1, /^sluice: no-such.csv cannot be read: ENOENT.*\[INPUT_INVALID\]\n$/],
  [[wine, wine], 1, /the format of the model is not known; supported: .*ONNX.*\[MODEL_UNKNOWN_FORMAT\]\n$/],
  [[linear, wine, '--format', 'pmml'], 1, /descriptor says PMML, but its content is ONNX \[MODEL_UNKNOWN_FORMAT\]\n$/],
  [[linear, wine, '--format', 'pickle'], 2, /Allowed choices are onnx, pmml/],
  [[linear, wine, '--output', 'colour'], 1, /no output colour; it has: quality \[MODEL_LOAD_FAILED\]\n$/],
  [[linear, join(directory, 'lookup.csv')], 1, /takes 11 number fields, the record has 2.*\[MODEL_INPUT_MISMATCH\]\n$/],
  [[linear, wine, '--fields', 'pH,colour'], 2, /--fields colour: no such column.*\[CONFIG_INVALID\]\n$/],
  [[linear, join(directory, 'words.csv'), '--fields', 'word,n'], 1, /takes 11 number fields, the record has 2/],
  [
    [join(directory, 'words.onnx'), join(directory, 'bad.csv')],
    1,
    /^sluice: 1 of 2 rows could not be scored because their content is invalid; row 1: line 3: n is "five", not a number \[INPUT_INVALID\]\n$/,
  ],
  [['-', '-'], 2, /cannot both come from standard input/],
  [['ftp://x/y', wine], 2, /model "ftp:\/\/x\/y" is not allowed; allowed: a file/],
  [['http://127.0.0.1:1/v2/models/x', wine], 1, /^sluice: the model at http.* cannot be used: .*\[MODEL_LOAD_FAILED\]\n$/],
  [[linear, wine, '--batch', '0'], 2, /whole number above 0/],
  [[linear], 2, /missing required argument 'rows.csv'/],
]
for (const [args, status, message] of failures) {
  test(`${args.join(' ').replaceAll(directory, '')}: exit ${status} and one line`, async () => {
    if (args[1]?.endsWith('bad.csv') === true) file('bad.csv', 'word,n\nyes,1\nno,five\n')
    const failed = await inProcess(args)
    assert.is(failed.status, status)
    assert.match(failed.stderr, message)
    assert.is(failed.stderr.split('\n').length, 2)
  })
}

test('a reader that leaves early is no failure', async () => {
  const [head, ...rows] = readFileSync(wine, 'utf8').trimEnd().split('\n')
  const many = file('many.csv', `${head}\n${Array.from({ length: 200 }, () => rows.join('\n')).join('\n')}\n`)
  const child = spawn(process.execPath, [...command, linear, many], { stdio: ['ignore', 'pipe', 'pipe'] })
  const errors: Uint8Array[] = []
  child.stderr.on('data', (chunk: Uint8Array) => errors.push(chunk))
  child.stdout.once('data', () => child.stdout.destroy())
  const [code] = (await once(child, 'close')) as [number]
  assert.equal([code, Buffer.concat(errors).toString()], [0, ''])
})

test.run()
