import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadOnnxModel } from '../../models/onnx/load-onnx.ts'
import { ModelServer } from '../models/service/model-server.ts'

const wine = 'examples/wine/wine.csv'
const network = 'examples/wine/wine-mlp.onnx'

async function score(model: string): Promise<string> {
  const args = ['--import', 'tsx', 'cli/main.ts', 'score', model, wine, '--batch', '100']
  return (await promisify(execFile)(process.execPath, args)).stdout
}

const server = await ModelServer.start(await loadOnnxModel({ bytes: readFileSync(network), format: undefined, output: undefined }))
const test = suite('sluice score with a model server')
test.after(() => server.stop())

for (const path of ['/v2/models/wine', '/v1/models/wine/labels/stable']) {
  test(`${path}: labels and scores are those of the model’s own file`, async () => {
    server.asked.length = 0
    const columns = (csv: string): string[] => csv.split('\n').map(line => line.split(',').slice(0, 4).join(','))
    assert.equal(columns(await score(`http://${server.host}${path}`)), columns(await score(network)))
    assert.is(server.asked.length, 7)
  })
}

test.run()
