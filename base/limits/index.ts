// What may be exceeded from outside, by how much, what follows, and how often it has happened in this thread.
// Not here: the checks, which stand where the input is read.
export { countBeyond, countsBeyond } from './limit-counts.ts'
export { type Limit, type LimitName, limits } from './limit-table.ts'
