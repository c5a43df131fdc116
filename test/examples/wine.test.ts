import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from 'uvu'
import { isHeldOut, makeWineExample } from '../../examples/wine/make-wine.ts'
import { wineFields } from '../../examples/wine/wine-data.ts'
import { type Model, defaultModelFactory } from '../../models/index.ts'
import { ColumnBatch } from '../../records/column-batch.ts'
import { openCsv } from '../../records/csv-rows.ts'
import { wineRecordReader } from '../../records/protobuf-record-reader.ts'

const test = suite('wine example')
const folder = fileURLToPath(new URL('../../examples/wine', import.meta.url))
const file = (name: string): Buffer => readFileSync(join(folder, name))

test('generating it again gives the existing files, and they are small', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-wine-'))
  try {
    makeWineExample(dir)
    for (const [name, limit] of [
      ['wine.csv', 60_000],
      ['wine-linear.onnx', 5_000],
      ['wine-mlp.onnx', 5_000],
    ] as const) {
      assert.ok(readFileSync(join(dir, name)).equals(file(name)), `${name} is not what make-wine.ts makes`)
      assert.ok(file(name).length < limit)
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

async function rightOnHeldOut(model: Model): Promise<number> {
  const { rows, absent } = await openCsv(join(folder, 'wine.csv'), [...wineFields, 'quality'])
  assert.equal(absent, [])
  const batch = new ColumnBatch(wineRecordReader().specs, 600)
  const qualities: number[] = []
  let row = 0
  for await (const { cells } of rows) {
    if (!isHeldOut(row++)) continue
    for (let field = 0; field < wineFields.length; field++) batch.setNumber(field, batch.length, Number(cells[field]))
    qualities.push(Number(cells.at(-1)))
    batch.length++
  }
  assert.is(batch.length, 120)
  const scores = await model.score(batch)
  return qualities.filter((quality, at) => Math.round(scores.score[at] as number) === quality).length / qualities.length
}

test('the fields are those of WineRecord, and the network is better than the linear model on rows that neither was trained on', async () => {
  assert.equal(
    wineRecordReader().specs.map(spec => spec.name),
    [...wineFields],
  )
  const load = (name: string): Promise<Model> => defaultModelFactory().load({ bytes: file(name), format: undefined, output: undefined })
  const line = await load('wine-linear.onnx')
  const network = await load('wine-mlp.onnx')
  const [lineRight, networkRight] = [await rightOnHeldOut(line), await rightOnHeldOut(network)]
  assert.ok(lineRight > 0.55 && networkRight > lineRight + 0.05, `${lineRight} and ${networkRight}`)
  assert.is(line.outputs[0]?.type, 'float32')
  assert.equal(
    network.outputs.map(output => output.name),
    ['quality', 'probabilities'],
  )
  await line.dispose()
  await network.dispose()
})

test.run()
