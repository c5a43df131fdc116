import { Level } from 'level'
import { messageOf, SluiceError } from '../../base/index.ts'

/** A LevelDB of bytes. The operating system's lock lets only one process open it, and is released however the process ends. */
export type Database = Level<Buffer, Buffer>

/**
 * Opens a LevelDB. Throws SluiceError STATE_DIRECTORY_LOCKED when it is open elsewhere, STORE_CORRUPT when the database is missing or
 * damaged, STORE_FAILED when the system refuses access (rights, space, descriptors), in which case the rows may be intact.
 */
export async function openLevel(directory: string, createIfMissing: boolean): Promise<Database> {
  const database: Database = new Level<Buffer, Buffer>(directory, { keyEncoding: 'buffer', valueEncoding: 'buffer', createIfMissing })
  try {
    await database.open()
    return database
  } catch (error) {
    await database.close()
    throw levelError(error, directory)
  }
}

/** Converts an error of LevelDB to a SluiceError. */
export function levelError(error: unknown, directory: string): SluiceError {
  if (error instanceof SluiceError) return error
  const code = codeOf(error)
  const cause = code === 'LEVEL_DATABASE_NOT_OPEN' && error instanceof Error && error.cause !== undefined ? error.cause : error
  if (codeOf(cause) === 'LEVEL_LOCKED') {
    return new SluiceError('STATE_DIRECTORY_LOCKED', `${directory} is in use by another instance: stop it or choose another stateDir`, {
      cause,
    })
  }
  if (codeOf(cause) === 'LEVEL_DATABASE_NOT_OPEN' || codeOf(cause) === 'LEVEL_ITERATOR_NOT_OPEN')
    return new SluiceError('STORE_CLOSED', `the store in ${directory} is closed`, { cause })
  const message = messageOf(cause)
  // LevelDB reports errors of the system as IO errors. Only a missing file, or a file in place of a directory, means damaged rows.
  const refused = /IO error|too many open files/i.test(message) && !/no such file|not a directory|is a directory/i.test(message)
  const [kind, what] = refused ? (['STORE_FAILED', 'cannot be used'] as const) : (['STORE_CORRUPT', 'is damaged'] as const)
  return new SluiceError(kind, `the store in ${directory} ${what}: ${message}`, { cause })
}

export function isCorrupt(error: unknown): error is SluiceError {
  return error instanceof SluiceError && error.code === 'STORE_CORRUPT'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
