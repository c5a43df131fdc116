import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { env, SluiceError } from '../base/index.ts'
import { openLevel, type Database } from './rows/index.ts'

/** When anything in a directory was written last, epoch ms; undefined if the directory is not there. */
export function lastTouched(directory: string): number | undefined {
  try {
    const own = statSync(directory).mtimeMs
    const within = readdirSync(directory, { withFileTypes: true, recursive: true })
    return Math.max(own, ...within.map(entry => touchedAt(join(entry.parentPath, entry.name))))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** A file that goes meanwhile does not count: what removes it touches its directory. */
function touchedAt(path: string): number {
  try {
    return statSync(path).mtimeMs
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

/**
 * Removes a task's directory unless one of its stores is open: it holds the locks of all stores while the directory is moved into `removed`, so that nobody
 * who comes meanwhile can have opened one of them; whoever comes later finds none, and makes a new one. A crash leaves it in `removed` at worst. Returns
 * whether it was removed.
 */
export async function removeUnused(directory: string, removed: string): Promise<boolean> {
  const locks: Database[] = []
  const away = join(removed, env.uuid())
  try {
    for (const database of databasesIn(directory)) {
      const lock = await lockOf(database)
      if (lock === 'held') return false
      if (lock !== 'none') locks.push(lock)
    }
    mkdirSync(removed, { recursive: true })
    renameSync(directory, away)
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  } finally {
    await Promise.all(locks.map(lock => lock.close()))
  }
  await rm(away, { recursive: true, force: true })
  return true
}

/** The directories of all LevelDBs. */
function databasesIn(directory: string): readonly string[] {
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true })
  return [...new Set(entries.filter(({ name }) => name === 'CURRENT' || name === 'LOCK').map(({ parentPath }) => parentPath))]
}

/** Takes the lock of a database; `none` if it is none any more, so that nobody can have it open. Throws STORE_FAILED. */
async function lockOf(database: string): Promise<Database | 'held' | 'none'> {
  try {
    return await openLevel(database, false)
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    if (error.code === 'STATE_DIRECTORY_LOCKED') return 'held'
    if (error.code === 'STORE_CORRUPT') return 'none'
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
