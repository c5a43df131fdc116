// The Open Inference Protocol (V2): requests, tensors, batches, statistics.
// Rows of several requests are scored together.
// Model formats and scoring are in models/.
export { inferenceError, inferenceRoutes, isInferencePath } from './inference-routes.ts'
export { inferenceErrorSchema } from './inference-schemas.ts'
