// Where the bytes of a model come from: its record, its location, the cache on disk.
// Checks locations against what is allowed before it reads them.
// Not here: the formats.
export { checkHttpLocation } from './http-location.ts'
export { ModelCache } from './model-cache.ts'
export { type ModelContent, contentOf } from './model-content.ts'
export { ModelSources } from './model-sources.ts'
