import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { messageOf, SluiceError } from '../../base/index.ts'
import type { FormatLoader } from '../format-loader.ts'
import type { Model, ModelSource } from '../model.ts'
import { otherContent } from './code-location.ts'
import { codeFlags } from './code-flags.ts'
import { checkModule } from './module-contract.ts'
import { ModuleModel } from './module-model.ts'

/** Models that are modules. A module runs only in a process of its own, which imports this loader; no bytes are ever taken for one. */
export const formatLoader: FormatLoader = {
  module: import.meta.url,
  alone: codeFlags,
  detect: () => false,
  load: loadModule,
}

/** Imports the module and asks it for its model. Throws SluiceError MODEL_LOAD_FAILED, MODEL_HASH_MISMATCH. */
export async function loadModule({ bytes, file, output }: ModelSource): Promise<Model> {
  if (file === undefined)
    throw new SluiceError('MODEL_LOAD_FAILED', 'a module is run from its file in a process of its own, never from bytes and never here')
  const { path, hash } = file
  refuseOther(path, bytes, hash)
  const exported = await exportedBy(path)
  // The file that was imported is the one that was published, unless it was changed twice in between.
  refuseOther(path, await readFile(path), hash)
  return new ModuleModel(checkModule(exported), output)
}

function refuseOther(path: string, bytes: Uint8Array, hash: Uint8Array): void {
  const found = createHash('sha256').update(bytes).digest()
  if (!found.equals(hash)) throw otherContent(path, found, hash)
}

/** The default export, or what the function `load` returns; a default export that is a function is called too. */
async function exportedBy(path: string): Promise<unknown> {
  if (/\.[cm]?ts$/i.test(path) && !readsTypescript())
    throw new SluiceError(
      'MODEL_LOAD_FAILED',
      `Node.js ${process.versions.node} does not run TypeScript: compile ${path} to JavaScript, or use Node.js 22.18 or later`,
    )
  try {
    const { default: fallback, load } = (await import(pathToFileURL(path).href)) as { readonly default?: unknown; readonly load?: unknown }
    const given = load ?? fallback
    if (given === undefined) throw new Error('it exports neither default nor load')
    return typeof given === 'function' ? await (given as () => unknown)() : given
  } catch (error) {
    throw new SluiceError('MODEL_LOAD_FAILED', `the module ${path} cannot be loaded: ${messageOf(error)}`, { cause: error })
  }
}

/** By itself, or because this process was started with a loader of TypeScript. */
function readsTypescript(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript) || import.meta.url.endsWith('.ts')
}
