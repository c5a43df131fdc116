import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asBuffer } from '../../records/index.ts'
import { env, messageOf, nextTurn, SluiceError } from '../../base/index.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-record.ts'
import { isCorrupt, levelError, openLevel, type Database } from './open-level.ts'
import { RowDigest } from './row-digest.ts'
import type { Checkpoint, CorruptionKind, OnCorrupt, Row, RowStorage } from '../state-store.ts'

// Two key spaces in one database: keys of rows begin with the byte ROW, checkpoint and nonce have keys of their own.
const ROW = 0x72
const FIRST_ROW = Buffer.of(ROW)
const AFTER_ROWS = Buffer.of(ROW + 1)
const CHECKPOINT = Buffer.from('m/checkpoint')
const NONCE = Buffer.from('m/nonce')

const ROWS_A_READ = 1000
const BYTES_A_READ = 256 * 1024
const ROWS_A_TURN = 4096

/**
 * Rows in LevelDB, which does not report all damage: it may open empty, or with missing or stale rows. Therefore a nonce is kept in the
 * database and in a file beside it, and each batch has a digest of all rows, which is compared with a scan when the store opens. If a check
 * fails, all rows are wiped and are restored from the changelog; a wrong value is never read. A crash may lose the last batches, each as a
 * whole.
 */
export class LevelRows implements RowStorage {
  readonly #directory: string
  #database: Database | undefined
  #checkpoint: Checkpoint | undefined
  #digest = new RowDigest()
  /** Resolves when all writes requested so far have ended; never rejects. */
  #written: Promise<unknown> = Promise.resolve()

  private constructor(directory: string) {
    this.#directory = directory
  }

  /** Opens or creates the store. Throws SluiceError STATE_DIRECTORY_LOCKED, STORE_FAILED. */
  static async open(directory: string, onCorrupt?: OnCorrupt): Promise<LevelRows> {
    const rows = new LevelRows(directory)
    try {
      if (!(await rows.#recover())) await rows.clear()
    } catch (error) {
      if (!isCorrupt(error)) {
        await rows.close()
        throw error
      }
      await rows.clear()
      onCorrupt?.(error.message, error instanceof DistrustedRows ? error.kind : 'unreadable')
    }
    return rows
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#checkpoint
  }

  get rows(): number {
    return this.#digest.count
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#read(rowKey(key))
  }

  async *range(from?: Uint8Array, to?: Uint8Array, expected?: number): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    for await (const entries of this.#reads(from, to, expected)) {
      for (const [key, value] of entries) yield [key.subarray(1), value]
    }
  }

  write(rows: Iterable<Row>, checkpoint: Checkpoint): Promise<void> {
    const written = this.#written.then(() => this.#write(rows, checkpoint))
    this.#written = written.catch(() => undefined)
    return written
  }

  async clear(): Promise<void> {
    await this.close()
    await rm(this.#directory, { recursive: true, force: true })
    await mkdir(this.#directory, { recursive: true })
    const database = await openLevel(this.#databaseDirectory, true)
    const nonce = env.uuid()
    // The file is written last: a database without the file is a new one, if it has no checkpoint.
    await database.put(NONCE, Buffer.from(nonce))
    await writeFile(this.#nonceFile, nonce)
    this.#database = database
    this.#checkpoint = undefined
    this.#digest = new RowDigest()
  }

  async close(): Promise<void> {
    await this.#written
    await this.#database?.close()
    this.#database = undefined
  }

  /** Opens and checks the rows on disk. False: there are none yet. Throws STORE_CORRUPT when a check fails. */
  async #recover(): Promise<boolean> {
    const nonce = await readIfPresent(this.#nonceFile)
    if (nonce === undefined && !existsSync(this.#databaseDirectory)) return false
    this.#database = await openLevel(this.#databaseDirectory, false)
    const stored = this.#read(CHECKPOINT)
    if (nonce === undefined) {
      if (stored === undefined) return false
      throw this.#corrupt('foreign', 'the nonce file beside the database is missing')
    }
    if (this.#read(NONCE)?.toString() !== nonce) throw this.#corrupt('foreign', 'the nonce in the database is not that of the nonce file')
    const record = stored === undefined ? undefined : decodeCheckpoint(stored)
    if (stored !== undefined && record === undefined) throw this.#corrupt('checkpoint', 'its checkpoint is damaged')
    const expected = record?.digest ?? new RowDigest()
    const found = await this.#scan()
    if (!found.equals(expected))
      throw this.#corrupt('rows', `its ${found.count} rows do not match the checkpoint, which has ${expected.count} rows`)
    this.#checkpoint = record?.checkpoint
    this.#digest = found
    return true
  }

  async #scan(): Promise<RowDigest> {
    const digest = new RowDigest()
    for await (const entries of this.#reads()) {
      for (const [key, value] of entries) digest.add(key, value)
    }
    return digest
  }

  /** Stored entries in blocks, in key order, as of the first read. */
  async *#reads(from?: Uint8Array, to?: Uint8Array, expected = Infinity): AsyncIterable<readonly (readonly [Buffer, Buffer])[]> {
    const gte = from === undefined ? FIRST_ROW : rowKey(from)
    const lt = to === undefined ? AFTER_ROWS : rowKey(to)
    const iterator = this.#open().iterator({ gte, lt, highWaterMarkBytes: BYTES_A_READ })
    try {
      for (;;) {
        const entries = await iterator.nextv(Math.min(ROWS_A_READ, expected))
        if (entries.length === 0) return
        yield entries
      }
    } catch (error) {
      throw levelError(error, this.#directory)
    } finally {
      await iterator.close()
    }
  }

  async #write(rows: Iterable<Row>, checkpoint: Checkpoint): Promise<void> {
    const batch = this.#open().batch()
    const digest = new RowDigest(this.#digest.count, this.#digest.hash)
    let turn = 0
    try {
      for (const { key, value } of rows) {
        const stored = rowKey(key)
        const old = this.#read(stored)
        if (old !== undefined) digest.remove(stored, old)
        if (value === null) batch.del(stored)
        else {
          batch.put(stored, asBuffer(value))
          digest.add(stored, value)
        }
        // A long batch must not block the event loop.
        if (++turn % ROWS_A_TURN === 0) await nextTurn()
      }
      batch.put(CHECKPOINT, encodeCheckpoint({ checkpoint, digest }))
      await batch.write()
    } catch (error) {
      await batch.close()
      throw levelError(error, this.#directory)
    }
    this.#digest = digest
    this.#checkpoint = checkpoint
  }

  #read(key: Buffer): Buffer | undefined {
    try {
      return this.#open().getSync(key)
    } catch (error) {
      throw levelError(error, this.#directory)
    }
  }

  #open(): Database {
    if (this.#database === undefined) throw new SluiceError('STORE_CLOSED', `the store in ${this.#directory} is closed`)
    return this.#database
  }

  #corrupt(kind: CorruptionKind, reason: string): DistrustedRows {
    return new DistrustedRows(kind, `the store in ${this.#directory} is damaged: ${reason}`)
  }

  get #databaseDirectory(): string {
    return join(this.#directory, 'rows')
  }

  get #nonceFile(): string {
    return join(this.#directory, 'nonce')
  }
}

/** LevelDB opens, but its rows are not those that were written. */
class DistrustedRows extends SluiceError {
  readonly kind: CorruptionKind

  constructor(kind: CorruptionKind, message: string) {
    super('STORE_CORRUPT', message)
    this.kind = kind
  }
}

function rowKey(key: Uint8Array): Buffer {
  const stored = Buffer.allocUnsafe(key.length + 1)
  stored[0] = ROW
  stored.set(key, 1)
  return stored
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new SluiceError('STORE_FAILED', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
