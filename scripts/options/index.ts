// Generates interfaces and docs/configuration.md from the option tables.
export { generatedFiles } from './generated-files.ts'
