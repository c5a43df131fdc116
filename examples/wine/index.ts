// The example's data, its training and its models.
// Not here: code of the product. Only the demo uses this folder.
export { type Wine, makeWines, normalNumbers, qualities, uniformNumbers, wineFields } from './wine-data.ts'
export { linearOnnx, networkOnnx } from './wine-models.ts'
export { trainLinear, trainNetwork } from './wine-training.ts'
