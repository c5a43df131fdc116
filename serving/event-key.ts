import { readFileSync } from 'node:fs'
import { messageOf, SluiceError } from '../base/index.ts'
import { SigningKey } from '../models/index.ts'
import type { ModelServingOptions } from './options/index.ts'

/** The key that signs the events of models; undefined: they are not signed. Throws CONFIG_INVALID, which names the option and the file. */
export function readEventKey({
  eventKey,
  eventKeyPasswordFile,
}: Pick<ModelServingOptions, 'eventKey' | 'eventKeyPasswordFile'>): SigningKey | undefined {
  if (eventKey === undefined) {
    if (eventKeyPasswordFile === undefined) return undefined
    throw new SluiceError('CONFIG_INVALID', 'eventKeyPasswordFile is set, and eventKey is not: set both, or neither')
  }
  const key = readIn('eventKey', eventKey)
  const password =
    eventKeyPasswordFile === undefined ? undefined : readIn('eventKeyPasswordFile', eventKeyPasswordFile).replace(/\r?\n$/, '')
  try {
    return new SigningKey({ key, password })
  } catch (error) {
    const how = password === undefined ? 'without a password (eventKeyPasswordFile)' : `with the password in ${eventKeyPasswordFile}`
    throw refused('eventKey', eventKey, `${messageOf(error)}; it was read ${how}`, error)
  }
}

function readIn(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw refused(option, path, messageOf(error), error)
  }
}

function refused(option: string, path: string, why: string, cause: unknown): SluiceError {
  return new SluiceError('CONFIG_INVALID', `${option}: the file ${path} is not allowed: ${why}`, { cause })
}
