/**
 * One instance of model serving, put together of topology, models and REST. What lives here joins the layers below it; what any of them does
 * by itself, and what only the command line needs, does not.
 */
export { openModelServices, type ModelServiceParts, type OpenModelServices } from './model-services.ts'
export { ServingInstance } from './serving-instance.ts'
export type { ServingInstanceOptions, ServingRestOptions } from './serving-instance-options.ts'
