// Tells which graphs provably end quickly on every record, by looking at them. Pure functions of a graph's outline.
// Not here: sessions, runs and measurements.
export { unboundedBecause } from './graph-bounds.ts'
