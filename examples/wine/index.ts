// The example's data, its training and its models.
// Not here: the product; it never needs this folder, but for the demo.
export { type Wine, makeWines, normalNumbers, qualities, uniformNumbers, wineFields } from './wine-data.ts'
export { linearOnnx, networkOnnx } from './wine-models.ts'
export { trainLinear, trainNetwork } from './wine-training.ts'
