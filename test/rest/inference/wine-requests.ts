import * as assert from 'uvu/assert'
import { type Answer, type ServedModels, wineModel, withServedModels } from './served-models.ts'

/** A row of the example's models. */
export const wineRow = [8.557, 0.717, 0.334, 2.085, 0.092, 11.116, 29.353, 0.997, 3.224, 0.551, 10.799]

/** Wine rows as the tensor of the example's models. */
export function features(rows: readonly (readonly unknown[])[], datatype = 'FP32'): unknown {
  return { name: 'features', datatype, shape: [rows.length, 11], data: rows.flat() }
}

/** An error as the protocol has it, and nothing else. */
export function failed(answer: Answer, status: number, message: RegExp): void {
  assert.is(answer.status, status, answer.bytes.toString())
  assert.is(answer.headers['content-type'], 'application/json')
  assert.equal(Object.keys(answer.json as object), ['error'])
  assert.match(String((answer.json as { error: unknown }).error), message)
}

/** Serves both of the example's models, as versions 1 and 2 of wine. */
export async function withWine(use: (served: ServedModels) => Promise<void>): Promise<void> {
  await withServedModels(async served => {
    await served.serving.publish({ name: 'linear', dataType: 'wine', bytes: wineModel('wine-linear') })
    await served.serving.publish({ name: 'mlp', dataType: 'wine', bytes: wineModel('wine-mlp') })
    await use(served)
  })
}
