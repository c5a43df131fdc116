/** The names of the outputs of ops that have several, as functions refer to them; an op that is not here has one, or one list. */
const outputNames: Readonly<Record<string, readonly string[]>> = {
  TopKV2: ['values', 'indices'],
  FusedBatchNorm: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
  FusedBatchNormV2: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
  FusedBatchNormV3: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2', 'reserve_space_3'],
  Switch: ['output_false', 'output_true'],
  Merge: ['output', 'value_index'],
  LookupTableExportV2: ['keys', 'values'],
}

/** Which of all outputs `name:at` is. */
export function outputIndex(op: string, name: string, at: number): number {
  const index = Object.hasOwn(outputNames, op) ? (outputNames[op] as readonly string[]).indexOf(name) : 0
  return Math.max(0, index) + at
}
