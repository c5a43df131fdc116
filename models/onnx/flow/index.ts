// Finds which dimension of each tensor counts the records, and whether a graph mixes them.
// Pure functions of a graph's outline.
// Not here: sessions and data.
export { type RecordAxes, type RecordPlan, planRecords } from './record-axes.ts'
