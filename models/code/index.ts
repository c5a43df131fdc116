// Models that are JavaScript or TypeScript modules: where they may lie, what they have to export, and how they are run.
// A module runs only in a process of its own (see the guard), from a file below a code root whose SHA-256 was published.
// Not here: the process.
export { isModuleName, readModule } from './code-location.ts'
export type { ModuleColumns, ModuleExport, ModuleField, ModuleResult, ModuleRow } from './module-contract.ts'
export { formatLoader as moduleLoader } from './module-loader.ts'
