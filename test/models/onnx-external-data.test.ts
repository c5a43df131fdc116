import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory } from '../../models/index.ts'
import { type ModelFiles, packFiles } from '../../models/files/model-files.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { shiftedSum } from '../serving/serving-driver.ts'
import { batchOf, specsOf } from './batches.ts'
import { externalOnnx } from './hostile-onnx.ts'

const factory = defaultModelFactory()
const specs = specsOf(Array.from({ length: 11 }, (_, at) => `f${at}`))
const row = specs.map((_, at) => at)

/** Weights of 1, 2, 3, …: four bytes each. */
const weights = new Uint8Array(Float32Array.from([1, 2, 3]).buffer)

function filesOf(files: Readonly<Record<string, Uint8Array>>): ModelFiles {
  const names = Object.keys(files).sort()
  return { names, read: name => Promise.resolve(files[name] as Uint8Array) }
}

async function scoreOf(files: Readonly<Record<string, Uint8Array>>): Promise<number> {
  const bytes = await packFiles(filesOf(files))
  assert.is(factory.detect(bytes), 'ONNX')
  const model = await factory.load({ bytes, format: 'ONNX', output: undefined })
  try {
    return (await model.score(batchOf(specs, [row]))).score[0] as number
  } finally {
    await model.dispose()
  }
}

async function refusal(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const error = await scoreOf(files).then(
    score => new Error(`it scored ${score}`),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SluiceError)) throw error
  assert.is(error.code, 'MODEL_LOAD_FAILED')
  return error.message
}

const external = suite('ONNX models with their weights in other files')

external('an archive of the model and its data files is joined: offsets, directories, a single file', async () => {
  assert.is(await scoreOf({ 'a.onnx': externalOnnx('w.bin', 4), 'w.bin': weights }), 56)
  assert.is(await scoreOf({ 'a.onnx': externalOnnx('w.bin', 4, 8), 'w.bin': weights, 'README.md': Buffer.from('more') }), 58)
  assert.is(await scoreOf({ 'x/model/a.onnx': externalOnnx('./data/w.bin', 4, 4), 'x/model/data/w.bin': weights, 'x/notes': weights }), 57)
  assert.is(await scoreOf({ 'a.onnx': shiftedSum(3), 'notes.txt': weights }), 58)
})

external('data files that are missing, outside or too short are refused by name', async () => {
  for (const location of ['missing.bin', '../w.bin', '/etc/hostname', '*/_ORT_MEM_ADDR_/*', ''])
    assert.match(await refusal({ 'a.onnx': externalOnnx(location, 4), 'b.bin': weights }), /no file|the model/)
  for (const [length, offset] of [
    [4, 12],
    [8, 0],
    [4, -4],
    [-4, 0],
    [4, 1e300],
    [Number.NaN, 0],
  ] as const)
    assert.match(
      await refusal({ 'a.onnx': externalOnnx('w.bin', length, offset), 'w.bin': weights }),
      /the weights of w are said to be bytes/,
    )
})

external('an archive of two models is no model', async () => {
  assert.is(factory.detect(await packFiles(filesOf({ 'a.onnx': shiftedSum(1), 'b.onnx': shiftedSum(2) }))), undefined)
})

external.run()
