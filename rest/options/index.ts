/**
 * What REST may be told: the table of its options, from which their checks, the settings of `sluice serve` and the documentation come.
 * Nothing here imports the server, koa or Node's http: commands read the table before anything else is loaded.
 */
export { tokens } from './rest-option-kinds.ts'
export { restOptionTable } from './rest-option-table.ts'
