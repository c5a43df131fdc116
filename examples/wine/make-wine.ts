/**
 * Makes the example's data and trains its two models: wine.csv, wine-linear.onnx, wine-mlp.onnx. Each run writes the same bytes.
 * Run it with: npx tsx examples/wine/make-wine.ts [DIRECTORY]
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeWines, wineCsv } from './wine-data.ts'
import { linearOnnx, networkOnnx } from './wine-models.ts'
import { trainLinear, trainNetwork } from './wine-training.ts'

const wineCount = 600
const dataSeed = 20
const networkSeed = 7

/** Every fifth row is held out from the training, to compare the models. */
export function isHeldOut(row: number): boolean {
  return row % 5 === 4
}

/** Writes the three files. */
export function makeWineExample(directory: string): void {
  const wines = makeWines(wineCount, dataSeed)
  const known = wines.filter((_, row) => !isHeldOut(row))
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'wine.csv'), wineCsv(wines))
  writeFileSync(join(directory, 'wine-linear.onnx'), linearOnnx(trainLinear(known)))
  writeFileSync(join(directory, 'wine-mlp.onnx'), networkOnnx(trainNetwork(known, networkSeed)))
}

const here = fileURLToPath(import.meta.url)
if (process.argv[1] === here) makeWineExample(process.argv[2] ?? dirname(here))
