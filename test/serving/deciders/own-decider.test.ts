import { link, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Decider } from '../../../serving/deciders/index.ts'
import { loadDecider } from '../../../serving/deciders/index.ts'
import { models, race } from './races.ts'

const test = suite('deciders of users')
let allowed: string
let outside: string

test.before(async () => {
  allowed = await mkdtemp(join(tmpdir(), 'sluice-deciders-'))
  outside = await mkdtemp(join(tmpdir(), 'sluice-elsewhere-'))
})
test.after(async () => {
  for (const path of [allowed, outside]) await rm(path, { recursive: true })
})

const largest = `export default options => ({
  name: 'largest', start: () => [],
  onResult: (state, result) => ({ state: [...state, result] }),
  onTimeout(state) {
    const votes = state.filter(({ kind, score }) => kind === 'score' && score < (options?.below ?? Infinity)).sort((a, b) => b.score - a.score)
    return votes.length === 0 ? undefined : { score: votes[0].score, label: votes[0].label, outputs: [], contributors: [votes[0].model] }
  },
})`

async function load(name: string, source: string | undefined, options?: unknown): Promise<Decider> {
  if (source !== undefined) await writeFile(join(allowed, name), source)
  return loadDecider({ kind: 'module', module: name, options }, { roots: [join(allowed, 'none'), allowed], models: models(3) })
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    assert.is((error as { code?: string }).code, 'CONFIG_INVALID')
    return (error as Error).message
  }
  throw new Error('it was not refused')
}

test('a module in an allowed directory decides, with the options of the policy', async () => {
  const decider = await load('largest.mjs', largest, { below: 5 })
  assert.is(
    race(decider, models(3), [
      [0, 4],
      [1, 9],
      [2, 1],
    ]).verdict?.score,
    4,
  )
})

test('a module elsewhere is refused, by whatever path', async () => {
  await writeFile(join(outside, 'evil.mjs'), largest)
  await symlink(join(outside, 'evil.mjs'), join(allowed, 'link.mjs'))
  await link(join(outside, 'evil.mjs'), join(allowed, 'hard.mjs'))
  for (const path of [
    'link.mjs',
    'hard.mjs',
    join(outside, 'evil.mjs'),
    '../evil.mjs',
    '/etc/passwd',
    'absent.mjs',
    '.',
    'data:text/javascript,0',
  ])
    assert.match(await refusal(load(path, undefined)), /it is no file below/)
  const none = loadDecider({ kind: 'module', module: 'largest.mjs' }, { roots: [], models: models(3) })
  assert.match(await refusal(none), /none is configured/)
})

test('a module that is no decider, or a bad one, is refused before it decides anything', async () => {
  const deciding = (onResult: string, onTimeout = 'undefined'): string =>
    `let count = 0; export default { name: 'bad', start: () => 0, onResult: (state, result) => (${onResult}), onTimeout: state => (${onTimeout}) }`
  for (const [name, source, said] of [
    ['syntax.mjs', 'export default {', /Unexpected end of input/],
    ['throws.mjs', 'throw new Error("at import")', /at import/],
    ['nothing.mjs', 'export const decider = 1', /default export is neither/],
    ['factory.mjs', 'export default () => 42', /default export is neither/],
    ['on-result.mjs', deciding('state.x.y'), /Cannot read properties of undefined/],
    ['no-step.mjs', deciding('7'), /onResult returned no object/],
    ['no-verdict.mjs', deciding('{ state, verdict: 7 }'), /a verdict without a number/],
    ['promise.mjs', deciding('{ state }', 'Promise.resolve({})'), /a verdict without a number/],
    ['label.mjs', deciding('{ state }', '{ score: 1, label: 2, outputs: [], contributors: [] }'), /label is no text/],
    ['alien.mjs', deciding('{ state }', '{ score: 1, outputs: [], contributors: [9] }'), /names model 9/],
    ['impure.mjs', deciding('{ state }', '{ score: count++, outputs: [], contributors: [] }'), /it is not pure/],
  ] as const)
    assert.match(await refusal(load(name, source)), said, name)
})

test.run()
