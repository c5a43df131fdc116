/**
 * The option table of REST: option checks, settings of `sluice serve` and the documentation are derived from it.
 * Nothing here imports the server, koa or node:http, because commands read the table before they load anything else.
 */
export { tokens } from './rest-option-kinds.ts'
export { restOptionTable, restTlsTable } from './rest-option-table.ts'
