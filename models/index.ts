// The Model port, the factory that picks a format, and how a batch's columns become a model's inputs.
// One room for each format (onnx, tensorflow, pmml, service), and guard, sources and files.
// Not here: Kafka, stores, and anything of serving.
export type { FeatureMapping, MappedInput } from './feature-mapping.ts'
export { type MappingRow, checkInputs, explainMapping, mapFeatures } from './features.ts'
export { type LoadedModel, LoadedModels } from './loaded-models.ts'
export {
  type GoldenResult,
  type GoldenRows,
  type GuardedLoad,
  type GuardedModel,
  type GuardOptions,
  type LightLimits,
  type ModelJail,
  type PlainBatch,
  type PlainColumn,
  checkGolden,
  ModelGuard,
  ModelKilled,
  loadHere,
  BatchReader,
  plainBatch,
  ProcessModel,
  type Quarantined,
  Quarantine,
  quarantineFile,
  ScoreWatch,
} from './guard/index.ts'
export {
  type ModuleColumns,
  type ModuleExport,
  type ModuleField,
  type ModuleResult,
  type ModuleRow,
  isModuleName,
  readModule,
} from './code/index.ts'
export {
  claimOf,
  type ModelSigner,
  ModelSigningKey,
  notValid,
  recordSignatureHeader,
  type SignatureClaim,
  type SignedRecord,
  signerName,
  SigningKey,
  type SigningKeyText,
  signRecord,
  TrustedKeys,
  type VerifiedSignature,
} from './signing/index.ts'
export type { ModelFiles } from './files/index.ts'
export { type LocationRules, readModelLocation } from './model-location.ts'
export { type ModelContent, ModelCache, contentOf, ModelSources } from './sources/index.ts'
export { type FormatLoader, ModelFactory, defaultModelFactory } from './model-factory.ts'
export { ModelDisposed } from './model-disposed.ts'
export type { Model, ModelFormat, ModelInput, ModelOutput, ModelSource, OutputColumn, Scores } from './model.ts'
export { halfBits, halfValue } from './half-floats.ts'
export { type ServiceClientOptions, type ServiceOptions, serviceLoader } from './service/index.ts'
export { hasShape } from './tensor-mapping.ts'
export { type ValueType, isFraction } from './value-type.ts'
