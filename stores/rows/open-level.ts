import { Level } from 'level'
import { messageOf, SluiceError } from '../../base/index.ts'

/** A LevelDB of bytes. Its operating-system lock keeps every other opener out, and is gone with the process however it ends. */
export type Database = Level<Buffer, Buffer>

/**
 * Opens a LevelDB. Throws SluiceError STATE_DIRECTORY_LOCKED when somebody else has it open, STORE_CORRUPT when what is there is no
 * (whole) database, STORE_FAILED when the system refuses (rights, space, descriptors): then the rows may well be sound.
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

/** What LevelDB raised, as a SluiceError. */
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
  // LevelDB tells what the system says as an IO error: all of it but a file that is missing leaves the rows sound.
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
