import { permissionFlag } from '../permission-flag.ts'

/**
 * The flags of Node.js for the process of a model that is data: what runs there reads files and loads native code, and neither writes files nor starts processes. Native code is not
 * held by them. None where Sluice itself runs from TypeScript: what compiles it needs more than that.
 */
export function processFlags(): readonly string[] {
  return import.meta.url.endsWith('.ts') ? [] : restrictingFlags(process.versions.node)
}

export function restrictingFlags(version: string): readonly string[] {
  return [permissionFlag(version), '--allow-fs-read=*', '--allow-worker', '--allow-addons', '--no-warnings']
}
