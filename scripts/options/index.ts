// Writes what follows from the tables of options: interfaces and docs/configuration.md.
export { generatedFiles } from './generated-files.ts'
