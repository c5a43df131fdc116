import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../base/index.ts'
import { defaultModelFactory } from '../../../models/index.ts'
import { permissionFlags } from '../../../models/code/code-flags.ts'
import { readModule } from '../../../models/code/index.ts'
import { type GuardedModel, ModelGuard } from '../../../models/guard/model-guard.ts'
import { batchOf } from '../batches.ts'

const specs = [
  { name: 'amount', kind: 'number' },
  { name: 'country', kind: 'text' },
] as const
const guard = new ModelGuard({ factory: defaultModelFactory(), timeoutMs: 60_000, scoreDeadlineMs: 4000 })
/** For modules that never load. */
const impatient = new ModelGuard({ factory: defaultModelFactory(), timeoutMs: 4000 })

interface Context {
  /** The code root. */
  root: string
}

const test = suite<Context>('models that are modules')

test.before(async context => {
  context.root = await mkdtemp(join(tmpdir(), 'sluice-code-'))
})
test.after(async ({ root }) => {
  for (const each of [guard, impatient]) each.close()
  await rm(root, { recursive: true })
})

const sha256 = (source: string): Buffer => createHash('sha256').update(source).digest()

/** Publishes the source as a module, and tries it as the guard does. */
async function tried({ root }: Context, name: string, source: string, output?: string, by = guard): Promise<GuardedModel> {
  await writeFile(join(root, name), source)
  const content = await readModule(name, sha256(source), [root])
  return by.try({ content, format: 'MODULE', output, specs })
}

async function failure(work: Promise<unknown>): Promise<SluiceError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SluiceError)) throw new Error(`it did not fail as it should: ${String(error)}`)
  return error
}

const pricing = `
const surcharge = { DE: 1, FR: 2 }
export default {
  inputs: [{ name: 'amount' }, { name: 'country', type: 'text' }],
  outputs: [{ name: 'price' }, { name: 'how', type: 'text' }, { name: 'parts', width: 2 }],
  score(rows) {
    return rows.map(({ amount, country }) => {
      if (amount === undefined) return null
      const extra = surcharge[country] ?? 0
      return { price: amount + extra, how: country ?? 'none', parts: [amount, extra] }
    })
  },
}
`

test('rows: it runs in a process of its own; a row without a result has none', async context => {
  const { model, heavy } = await tried(context, 'pricing.js', pricing.replace('export default', '/* an ES module */ export default').trim())
  assert.is(heavy, true)
  const scores = await model.score(
    batchOf(specs, [
      [10, 'FR'],
      [undefined, 'DE'],
      [5, undefined],
    ]),
  )
  assert.equal(
    [...scores.score].map(value => (Number.isNaN(value) ? 'none' : value)),
    [12, 'none', 5],
  )
  assert.equal([...(scores.noResult ?? [])], [0, 1, 0])
  assert.equal(
    scores.outputs.map(({ name, values }) => [name, [values[0], values[values.length - 1]]]),
    [
      ['price', [12, 5]],
      ['how', ['FR', 'none']],
      ['parts', [10, 0]],
    ],
  )
  await model.dispose()
})

test('columns, load(), TypeScript, and the output that is the score', async context => {
  const source = `
type Columns = { amount: Float64Array; country: readonly (string | undefined)[] }
export async function load() {
  return {
    inputs: [{ name: 'amount' as const }, { name: 'country', type: 'text', required: false }],
    outputs: [{ name: 'double' }, { name: 'class', type: 'text' }],
    scoreColumns: ({ amount, country }: Columns, length: number) => ({
      double: amount.map(value => 2 * value),
      class: Array.from({ length }, (_, row) => (country[row] ?? 'nowhere') + '!'),
    }),
  }
}
`
  const { model } = await tried(context, 'columns.mts', source, 'class')
  const scores = await model.score(
    batchOf(specs, [
      [4, 'DE'],
      [5, undefined],
    ]),
  )
  assert.equal(
    [scores.labels, [...(scores.outputs[0] as unknown as { readonly values: Float64Array }).values]],
    [
      ['DE!', 'nowhere!'],
      [8, 10],
    ],
  )
  await model.dispose()
})

for (const [name, source, why] of [
  ['no-export', 'export const a = 1', /it exports neither default nor load/],
  ['syntax', 'export default {', /the module .*syntax\.mjs cannot be loaded: /],
  ['import', "import 'no-such-package'", /cannot be loaded: Cannot find package/],
  ['throws', "throw new Error('not today')", /cannot be loaded: not today/],
  ['no-object', 'export default 5', /its model is of type number, not an object/],
  ['no-score', 'export default { inputs: [], outputs: [{ name: "a" }] }', /must have one of the functions score\(rows\) and scoreColumns/],
  ['no-inputs', 'export default { outputs: [{ name: "a" }], score() {} }', /its model has no list of inputs/],
  ['no-outputs', 'export default { inputs: [], outputs: [], score() {} }', /its model has no outputs/],
  [
    'type',
    'export default { inputs: [{ name: "a", type: "int" }], outputs: [{ name: "b" }], score() {} }',
    /the type of a is "int"; allowed: number, text/,
  ],
  ['twice', 'export default { inputs: [], outputs: [{ name: "b" }, { name: "b" }], score() {} }', /b is twice among its outputs/],
  ['ends', 'process.exit(3)', /the model's process ended with code 3/],
  ['hangs', 'await new Promise(() => setInterval(() => {}, 1000))', /the model's process took more than 4000 ms and was stopped/],
  ['loops', 'for (;;);', /the model's process took more than 4000 ms and was stopped/],
] as const) {
  test(`refused: ${name}`, async context => {
    const error = await failure(tried(context, `${name}.mjs`, source, undefined, /took more/.test(why.source) ? impatient : guard))
    assert.is(error.code, 'MODEL_LOAD_FAILED')
    assert.match(error.message, why)
  })
}

test('inputs that the records do not have are a mismatch', async context => {
  const source =
    'export default { inputs: [{ name: "colour" }, { name: "amount" }], outputs: [{ name: "b" }], score: rows => rows.map(() => 1) }'
  assert.is((await failure(tried(context, 'mismatch.mjs', source))).code, 'MODEL_INPUT_MISMATCH')
})

/** Does what the row's amount says; 1 is right. */
const moody = `
export default {
  inputs: [{ name: 'amount' }],
  outputs: [{ name: 'a' }, { name: 'b', width: 2 }],
  score(rows) {
    if (rows.some(({ amount }) => amount === 101)) throw new Error('out of order')
    if (rows.some(({ amount }) => amount === 102)) return 'x'
    if (rows.some(({ amount }) => amount === 103)) return []
    if (rows.some(({ amount }) => amount === 104)) for (;;);
    if (rows.some(({ amount }) => amount === 108)) process.exit(7)
    const odd = { 105: { a: 'text', b: [1, 2] }, 106: { a: 1, b: [1] }, 107: 5 }
    return rows.map(({ amount }) => odd[amount] ?? { a: amount, b: [amount, amount] })
  },
}
`

for (const [amount, why] of [
  [101, /^the module threw: out of order$/],
  [102, /score returned "x", not an array with a result for each row/],
  [103, /score returned 0 results for 1 rows/],
  [104, /the model's process took more than 4000 ms and was stopped/],
  [105, /output a is "text", not a number/],
  [106, /output b has 1 values, not 2/],
  [107, /score returned of type number for a row, not an object of its outputs a, b/],
  [108, /the model's process ended with code 7/],
] as const) {
  test(`a record on which it fails: ${amount}; the next one is scored`, async context => {
    const { model } = await tried(context, 'moody.mjs', moody)
    const scoreOf = async (value: number): Promise<number> => (await model.score(batchOf(specs, [[value, 'DE']]))).score[0] as number
    const error = await failure(scoreOf(amount))
    assert.is(error.code, 'MODEL_FAILED')
    assert.match(error.message, why)
    assert.is(await scoreOf(1), 1)
    await model.dispose()
  })
}

test('only a file below a root, of that name and that SHA-256', async ({ root }) => {
  const source = 'export default 1'
  await mkdir(join(root, 'sub'))
  await Promise.all(['m.js', 'sub/n.js', 'x.txt'].map(name => writeFile(join(root, name), source)))
  const outside = join(await mkdtemp(join(tmpdir(), 'sluice-outside-')), 'o.js')
  await writeFile(outside, source)
  await symlink(outside, join(root, 'link.js'))
  await writeFile(join(root, 'one.js'), source)
  await link(join(root, 'one.js'), join(root, 'two.js'))
  const found = await readModule('sub/n.js', sha256(source), ['/does/not/exist', root])
  assert.equal([found.bytes, found.path?.endsWith('/sub/n.js'), found.size], [undefined, true, source.length])
  assert.is((await readModule(`file://${join(root, 'm.js')}`, sha256(source), [root])).size, source.length)
  for (const [location, hash, roots, code, why] of [
    ['m.js', sha256(source), [], 'MODEL_LOCATION_REFUSED', /none, no code root is configured/],
    ['../m.js', sha256(source), [join(root, 'sub')], 'MODEL_LOCATION_REFUSED', /there is no such file below a code root/],
    [outside, sha256(source), [root], 'MODEL_LOCATION_REFUSED', /there is no such file below a code root/],
    ['link.js', sha256(source), [root], 'MODEL_LOCATION_REFUSED', /there is no such file below a code root/],
    ['two.js', sha256(source), [root], 'MODEL_LOCATION_REFUSED', /2 names \(hard links\)/],
    ['https://h/m.js', sha256(source), [root], 'MODEL_LOCATION_REFUSED', /there is no such file/],
    ['x.txt', sha256(source), [root], 'MODEL_LOCATION_REFUSED', /its name ends in none of/],
    ['m.js', new Uint8Array(), [root], 'MODEL_LOCATION_REFUSED', /does not state the SHA-256/],
    [
      'm.js',
      sha256('other'),
      [root],
      'MODEL_HASH_MISMATCH',
      /the module m\.js has the SHA-256 [0-9a-f]{64}, but [0-9a-f]{64} was published/,
    ],
  ] as const) {
    const error = await failure(readModule(location, hash, roots))
    assert.is(error.code, code, error.message)
    assert.match(error.message, why)
  }
  await rm(join(outside, '..'), { recursive: true })
})

test('a file that was changed after it was published is not run again', async context => {
  const source = pricing
  const { model } = await tried(
    context,
    'changed.mjs',
    source.replace('if (amount === undefined)', 'if (amount === 109) process.exit(1)\n      if (amount === undefined)'),
  )
  await writeFile(join(context.root, 'changed.mjs'), source)
  await failure(Promise.resolve(model.score(batchOf(specs, [[109, 'DE']]))))
  const error = await failure(Promise.resolve(model.score(batchOf(specs, [[1, 'DE']]))))
  assert.is(error.code, 'MODEL_HASH_MISMATCH')
  await model.dispose()
})

test('no bytes are taken for a module, whatever the descriptor says', async context => {
  const bytes = Buffer.from(pricing)
  const content = { hash: sha256(pricing), size: bytes.length, bytes, path: undefined }
  const said = await failure(guard.try({ content, format: 'MODULE', output: undefined, specs }))
  assert.equal(
    [said.code, said.message],
    ['MODEL_LOAD_FAILED', 'a module is run from its file in a process of its own, never from bytes and never here'],
  )
  assert.is((await failure(guard.try({ content, format: undefined, output: undefined, specs }))).code, 'MODEL_UNKNOWN_FORMAT')
  await writeFile(join(context.root, 'other.mjs'), pricing)
  const file = { hash: sha256(pricing), size: bytes.length, bytes: undefined, path: join(context.root, 'other.mjs') }
  assert.is((await failure(guard.try({ content: file, format: 'ONNX', output: undefined, specs }))).code, 'MODEL_UNKNOWN_FORMAT')
})

test('the flags of its process: it reads its directory, and neither writes nor starts processes', async ({ root }) => {
  const flags = permissionFlags(join(root, 'm.js'), join(root, 'own'), process.versions.node)
  const run = (source: string): Promise<{ stdout: string }> => promisify(execFile)(process.execPath, [...flags, '-e', source])
  await writeFile(join(root, 'm.txt'), 'read')
  const attempts = [
    `require('fs').readFileSync(${JSON.stringify(join(root, 'm.txt'))}, 'utf8')`,
    "require('fs').readFileSync('/etc/hostname', 'utf8')",
    `require('fs').writeFileSync(${JSON.stringify(join(root, 'w.txt'))}, 'x')`,
    "require('child_process').execFileSync('true')",
  ]
  const said = await Promise.all(
    attempts.map(each => run(`try { ${each}; console.log('done') } catch (error) { console.log(error.code) }`)),
  )
  assert.equal(
    said.map(({ stdout }) => stdout.trim()),
    ['done', 'ERR_ACCESS_DENIED', 'ERR_ACCESS_DENIED', 'ERR_ACCESS_DENIED'],
  )
})

test.run()
