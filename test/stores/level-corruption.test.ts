import { existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { LevelRows } from '../../stores/rows/level-rows.ts'
import { openLevel, type Database } from '../../stores/rows/open-level.ts'
import type { CorruptionKind, Row } from '../../stores/state-store.ts'
import { withDirectory } from './temporary-directory.ts'

const test = suite('damaged LevelDB')

const BATCHES = 24
const ROWS_A_BATCH = 400

/** Each batch overwrites half of the one before and adds as many keys; every value tells its batch. */
function batch(number: number): Row[] {
  return Array.from({ length: ROWS_A_BATCH }, (_, i) => ({
    key: Buffer.from(`key-${(number * ROWS_A_BATCH) / 2 + i}`),
    value: Buffer.from(`batch ${number} `.padEnd(100, String(i))),
  }))
}

async function fill(directory: string): Promise<void> {
  const rows = await LevelRows.open(directory)
  for (let number = 0; number < BATCHES; number++) await rows.write(batch(number), { changelogOffset: number })
  await rows.close()
}

/** What the store must hold after the batches up to `last`. */
function expectedRows(last: number): Map<string, string> {
  const expected = new Map<string, string>()
  for (let number = 0; number <= last; number++) for (const row of batch(number)) expected.set(String(row.key), String(row.value))
  return expected
}

const databaseFiles = (directory: string, ending: string | RegExp): string[] =>
  readdirSync(join(directory, 'rows'))
    .filter(name => (typeof ending === 'string' ? name.endsWith(ending) : ending.test(name)))
    .map(name => join(directory, 'rows', name))

function flip(file: string, position: number, length = 1): void {
  const content = readFileSync(file)
  for (let i = position; i < position + length; i++) content[i] = (content[i] as number) ^ 0xff
  writeFileSync(file, content)
}

/** Opens, and holds the store to its word: either wiped and reported, or exactly the rows of its checkpoint. */
async function openDamaged(directory: string): Promise<CorruptionKind | undefined> {
  const reasons: string[] = []
  const kinds: CorruptionKind[] = []
  const rows = await LevelRows.open(directory, (reason, kind) => void (reasons.push(reason), kinds.push(kind)))
  const found = new Map<string, string>()
  for await (const [key, value] of rows.range()) found.set(Buffer.from(key).toString(), Buffer.from(value).toString())
  if (reasons.length > 0) {
    assert.is(rows.checkpoint, undefined)
    assert.is(found.size, 0)
    await rows.write(batch(0), { changelogOffset: 0 })
  } else if (rows.checkpoint === undefined) assert.is(found.size, 0)
  else assert.equal(found, expectedRows(rows.checkpoint.changelogOffset))
  await rows.close()
  const again = await LevelRows.open(directory, reason => assert.unreachable(reason))
  await again.close()
  assert.ok(reasons.every(reason => reason.includes(directory) && !reason.includes('\n')))
  return kinds[0]
}

/** Moves what lies in the write-ahead log into tables, as the next open of LevelDB does. */
async function intoTables(directory: string): Promise<void> {
  const rows = await LevelRows.open(directory, reason => assert.unreachable(reason))
  await rows.close()
}

const damages: Record<string, (directory: string) => void | Promise<void>> = {
  'CURRENT deleted': directory => rmSync(join(directory, 'rows', 'CURRENT')),
  'CURRENT deleted, in tables': async directory => {
    await intoTables(directory)
    rmSync(join(directory, 'rows', 'CURRENT'))
  },
  'MANIFEST halved': async directory => {
    await intoTables(directory)
    const [manifest] = databaseFiles(directory, /^MANIFEST/)
    truncateSync(manifest as string, Math.floor(readFileSync(manifest as string).length / 2))
  },
  'MANIFEST flipped': async directory => {
    await intoTables(directory)
    const [manifest] = databaseFiles(directory, /^MANIFEST/)
    flip(manifest as string, 20, 4)
  },
  'a table deleted': async directory => {
    await intoTables(directory)
    rmSync(databaseFiles(directory, '.ldb')[0] as string)
  },
  'a table flipped': async directory => {
    await intoTables(directory)
    flip(databaseFiles(directory, '.ldb')[0] as string, 5000, 8)
  },
  'the log flipped near its beginning': directory => flip(databaseFiles(directory, '.log')[0] as string, 100),
  'the log flipped in its middle': directory => {
    const [log] = databaseFiles(directory, '.log')
    flip(log as string, Math.floor(readFileSync(log as string).length / 2))
  },
  'the log deleted': directory => rmSync(databaseFiles(directory, '.log')[0] as string),
  'the nonce file deleted': directory => rmSync(join(directory, 'nonce')),
  'the nonce file changed': directory => writeFileSync(join(directory, 'nonce'), 'another'),
  'the database deleted': directory => rmSync(join(directory, 'rows'), { recursive: true }),
  'the database is a file': directory => {
    rmSync(join(directory, 'rows'), { recursive: true })
    writeFileSync(join(directory, 'rows'), 'no database')
  },
}

/** Behind the store's back. */
async function change(directory: string, step: (database: Database) => Promise<unknown>): Promise<void> {
  const database = await openLevel(join(directory, 'rows'), false)
  await step(database)
  await database.close()
}

const told: Record<string, readonly [kind: CorruptionKind, damage: (directory: string) => void | Promise<void>]> = {
  'the database is gone': ['unreadable', directory => rmSync(join(directory, 'rows'), { recursive: true })],
  'its nonce is gone': ['foreign', directory => rmSync(join(directory, 'nonce'))],
  'its nonce is another': ['foreign', directory => writeFileSync(join(directory, 'nonce'), 'another')],
  'its checkpoint is no checkpoint': [
    'checkpoint',
    directory => change(directory, database => database.put(Buffer.from('m/checkpoint'), Buffer.alloc(24))),
  ],
  'its checkpoint is gone': ['rows', directory => change(directory, database => database.del(Buffer.from('m/checkpoint')))],
  'a row is gone': ['rows', directory => change(directory, database => database.del(Buffer.from('rkey-1')))],
  'a row is another': ['rows', directory => change(directory, database => database.put(Buffer.from('rkey-1'), Buffer.from('x')))],
}

for (const [name, [kind, damage]] of Object.entries(told)) {
  test(`${name}: ${kind}`, () =>
    withDirectory(async root => {
      const directory = join(root, 'store')
      await fill(directory)
      await damage(directory)
      assert.is(await openDamaged(directory), kind)
    }))
}

for (const [name, damage] of Object.entries(damages)) {
  test(`${name}: wiped and reported`, () =>
    withDirectory(async root => {
      const directory = join(root, 'store')
      await fill(directory)
      await damage(directory)
      assert.type(await openDamaged(directory), 'string')
    }))
}

test('a flipped byte anywhere never gives a wrong row', () =>
  withDirectory(async root => {
    let reported = 0
    const trials = 32
    for (let trial = 0; trial < trials; trial++) {
      const directory = join(root, `store-${trial}`)
      await fill(directory)
      if (trial % 2 === 1) await intoTables(directory)
      const file = databaseFiles(directory, trial % 2 === 1 ? '.ldb' : '.log')[0] as string
      const length = readFileSync(file).length
      flip(file, Math.floor((length * (trial + 0.5)) / trials), 1)
      if ((await openDamaged(directory)) !== undefined) reported++
    }
    // The end of a log is an exception: there whole batches are lost, and the rows are those of an earlier checkpoint.
    assert.ok(reported > trials / 2, `${reported} of ${trials} reported`)
  }))

test('a truncated log gives the rows of an earlier checkpoint', () =>
  withDirectory(async root => {
    for (let trial = 0; trial < 8; trial++) {
      const directory = join(root, `store-${trial}`)
      await fill(directory)
      const [log] = databaseFiles(directory, '.log')
      truncateSync(log as string, Math.floor((readFileSync(log as string).length * (trial + 0.7)) / 8))
      assert.is(await openDamaged(directory), undefined)
    }
  }))

test('an interrupted first open is no damage', () =>
  withDirectory(async root => {
    const directory = join(root, 'store')
    const rows = await LevelRows.open(directory)
    await rows.close()
    rmSync(join(directory, 'nonce'))
    const again = await LevelRows.open(directory, reason => assert.unreachable(reason))
    assert.ok(existsSync(join(directory, 'nonce')))
    await again.close()
  }))

test('a store that another process has open is not changed', () =>
  withDirectory(async root => {
    const directory = join(root, 'store')
    await fill(directory)
    const rows = await LevelRows.open(directory)
    let failure: unknown
    await LevelRows.open(directory, reason => assert.unreachable(reason)).catch((error: unknown) => (failure = error))
    assert.ok(failure instanceof SluiceError && failure.code === 'STATE_DIRECTORY_LOCKED')
    assert.ok(failure.message.includes(directory))
    assert.is(rows.checkpoint?.changelogOffset, BATCHES - 1)
    assert.ok(rows.get(Buffer.from('key-1')) !== undefined)
    await rows.close()
  }))

test.run()
