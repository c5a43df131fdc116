import { dirname, join, resolve } from 'node:path'
import { permissionFlag } from '../permission-flag.ts'

/**
 * The flags of Node.js for the process of a module, so that the code in it can read the module's directory, Sluice's own files and the packages around them, and can neither write files,
 * nor start processes, nor load native code. None where Sluice itself runs from TypeScript: what compiles it needs more than that.
 * They are no wall against the network, and none against code that is meant to break out.
 */
export function codeFlags(path: string): readonly string[] {
  if (import.meta.url.endsWith('.ts')) return []
  return permissionFlags(path, resolve(import.meta.dirname, '../..'), process.versions.node)
}

/** The flags for a module at that path, if Sluice itself is in `own`. */
export function permissionFlags(path: string, own: string, version: string): readonly string[] {
  const readable = [dirname(path), own, ...packagesAround(own)].map(directory => `--allow-fs-read=${join(directory, '*')}`)
  return [permissionFlag(version), ...readable, '--allow-worker', '--no-warnings']
}

/** Where the packages may be that Sluice imports. */
function packagesAround(own: string): readonly string[] {
  const found: string[] = []
  for (let at = resolve(own); dirname(at) !== at; at = dirname(at)) found.push(join(at, 'node_modules'))
  return found
}
