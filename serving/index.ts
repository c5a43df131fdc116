export { maxStoredBytes } from './model-loader.ts'
export { type ModelPieceRecord, modelPieces } from './model-pieces.ts'
export { servingTopology } from './serving-topology.ts'
export type { ServingJoin, ServingOptions } from './serving-options.ts'
