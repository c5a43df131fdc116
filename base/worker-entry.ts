/**
 * The entry of a worker thread for a module beside the caller. Workers of Node.js 20 do not inherit the module loader of their parent: where TypeScript runs
 * from sources (with tsx), the worker registers tsx first.
 *
 * @param module the caller's `import.meta.url`
 * @param name the entry's file name, without its ending
 * @param typescript whether the worker imports TypeScript though its entry is built; default: whether the caller is TypeScript
 */
export function workerEntry(module: string, name: string, typescript = module.endsWith('.ts')): URL {
  const entry = new URL(`./${name}.${module.endsWith('.ts') ? 'ts' : 'js'}`, module)
  if (!typescript) return entry
  const loader = import.meta.resolve('tsx/esm/api')
  const source = `import * as tsx from ${JSON.stringify(loader)}\ntsx.register()\nawait import(${JSON.stringify(entry.href)})`
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`)
}
