import { SluiceError } from '../../base/index.ts'

/** Whether it is a relative path with `/` that leads nowhere else: not absolute, without `.`, `..`, empty parts and what other systems read otherwise. */
export function isSafeName(name: string): boolean {
  return !/[\\\0]|^[a-z]:/i.test(name) && name.split('/').every(part => part !== '' && part !== '.' && part !== '..')
}

/** The name of an archive's file as its model's formats see it. Throws SluiceError MODEL_LOAD_FAILED for one that is not safe. */
export function safeName(given: string): string {
  const name = given.replace(/^(\.\/)+/, '')
  if (isSafeName(name)) return name
  throw new SluiceError('MODEL_LOAD_FAILED', `the model's archive has a file with the name ${JSON.stringify(given)}, which is not allowed`)
}

/** Whether it is a file that desktop systems add to archives. No format sees it. */
export function isLitter(name: string): boolean {
  return /^__MACOSX\/|(^|\/)(\._[^/]*|\.DS_Store)$/.test(name)
}

/** The first directory of all names, with its slash; empty: they share none. It is left out of the names that formats see. */
export function sharedDirectory(names: readonly string[]): string {
  const [first = ''] = names
  const directory = first.slice(0, first.indexOf('/') + 1)
  return names.every(name => name.startsWith(directory)) ? directory : ''
}

export function namedTwice(name: string): SluiceError {
  return new SluiceError('MODEL_LOAD_FAILED', `the model's archive has ${name} twice`)
}
