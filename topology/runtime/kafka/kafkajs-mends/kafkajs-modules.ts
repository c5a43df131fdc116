import { readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { compileFunction } from 'node:vm'
import { SluiceError } from '../../../../base/index.ts'
import { kafkajsGlobals } from './kafkajs-globals.ts'
import type { KafkaJsModules } from './mend.ts'

/** The only version for which the mends are made. */
const version = '2.2.4'

/**
 * Returns a new copy of kafkajs' modules, which are loaded when they are required. It shares nothing with the kafkajs that a program requires or
 * imports itself, because it neither reads nor writes Node's module cache, and its clocks, timers and random numbers are those of `env`. The package
 * is resolved like a `require` in the file `from`; default: this file. Throws SluiceError CLIENT_UNSUPPORTED if kafkajs is not found, or has another
 * version than the mends are made for.
 */
export function kafkajsModules(from: string | URL = import.meta.url): KafkaJsModules {
  return new ModuleGraph(packageRoot(from))
}

function packageRoot(from: string | URL): string {
  const manifest = manifestFor(from)
  const found = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly name: string; readonly version: string }
  const root = dirname(manifest)
  if (found.name === 'kafkajs' && found.version === version) return root
  throw new SluiceError(
    'CLIENT_UNSUPPORTED',
    `${found.name} ${found.version} is installed in ${root}, but Sluice needs exactly kafkajs ${version}: install kafkajs@${version}`,
  )
}

function manifestFor(from: string | URL): string {
  try {
    return createRequire(from).resolve('kafkajs/package.json')
  } catch (cause) {
    throw new SluiceError(
      'CLIENT_UNSUPPORTED',
      `kafkajs cannot be found from ${String(from)}: install kafkajs@${version} there; a bundler has to leave kafkajs out of the bundle`,
      { cause },
    )
  }
}

interface LoadedModule {
  exports: unknown
  /** The first module that required this one, and may have kept its exports. */
  user?: string
}

// The parameters of a CommonJS module in Node.js, and the replaced globals.
// oxlint-disable-next-line max-params
type Compiled = (
  this: unknown,
  exports: unknown,
  require: (specifier: string) => unknown,
  module: LoadedModule,
  filename: string,
  dirname: string,
  ...globals: unknown[]
) => void

const parameters = ['exports', 'require', 'module', '__filename', '__dirname', ...Object.keys(kafkajsGlobals)]

interface Clock {
  now(): number
}

/** The CommonJS modules below one folder, each evaluated once. Modules outside the folder (Node's own) are shared with all other code. */
class ModuleGraph implements KafkaJsModules {
  readonly #root: string
  readonly #modules = new Map<string, LoadedModule>()
  readonly #clocks = new Map<string, Clock>()

  constructor(root: string) {
    this.#root = root
  }

  load(path: string): unknown {
    return this.#module(join(this.#root, path)).exports
  }

  replace(path: string, exports: unknown): void {
    const module = this.#module(join(this.#root, path))
    if (module.user !== undefined) {
      throw new SluiceError('CLIENT_UNSUPPORTED', `${module.user} required ${path} before it was replaced: change the order of the mends`)
    }
    module.exports = exports
  }

  setClock(path: string, clock: Clock): void {
    const filename = join(this.#root, path)
    if (this.#modules.has(filename))
      throw new SluiceError('CLIENT_UNSUPPORTED', `${path} was loaded before its clock was set: change the order of the mends`)
    this.#clocks.set(filename, clock)
  }

  #module(filename: string): LoadedModule {
    const known = this.#modules.get(filename)
    if (known) return known
    const module: LoadedModule = { exports: {} }
    // The module is registered before it is evaluated, so that modules that require each other get the exports so far.
    this.#modules.set(filename, module)
    try {
      this.#evaluate(filename, module)
    } catch (error) {
      this.#modules.delete(filename)
      throw error
    }
    return module
  }

  #evaluate(filename: string, module: LoadedModule): void {
    const source = readFileSync(filename, 'utf8')
    if (filename.endsWith('.json')) {
      module.exports = JSON.parse(source)
      return
    }
    const compiled = compileFunction(source, parameters, { filename }) as Compiled
    const clock = this.#clocks.get(filename)
    const globals = clock === undefined ? kafkajsGlobals : { ...kafkajsGlobals, Date: clock }
    const require = this.#requireFor(filename)
    compiled.call(module.exports, module.exports, require, module, filename, dirname(filename), ...Object.values(globals))
  }

  #requireFor(filename: string): (specifier: string) => unknown {
    const require = createRequire(filename)
    const resolved = new Map<string, string>()
    return specifier => {
      if (isBuiltin(specifier) || !specifier.startsWith('.')) return require(specifier)
      // kafkajs requires some modules at each request: to look for their files again would cost more than what they do.
      let path = resolved.get(specifier)
      if (path === undefined) resolved.set(specifier, (path = require.resolve(specifier)))
      const required = this.#module(path)
      required.user ??= filename
      return required.exports
    }
  }
}
