/**
 * One instance of model serving, assembled from topology, models and REST. This folder only connects those layers; code that belongs to one of
 * them, or only to the command line, is not here.
 */
export { openModelServices, type ModelServiceParts, type OpenModelServices } from './model-services.ts'
export { ServingInstance } from './serving-instance.ts'
export type { ServingInstanceOptions, ServingRestOptions } from './serving-instance-options.ts'
