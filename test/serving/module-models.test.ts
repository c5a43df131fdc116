import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modelRecord } from '../../cli/commands/publish-command.ts'
import { defaultModelFactory, ModelGuard } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { modelRecord as recordOf } from '../../serving/index.ts'
import { wine, withDirectory, withServing } from './serving-driver.ts'

const { MODULE, ONNX } = sluice.ModelDescriptor.ModelType
const source = `
export default {
  inputs: [{ name: 'alcohol' }],
  outputs: [{ name: 'quality' }],
  score(rows) {
    return rows.map(({ alcohol }) => {
      if (alcohol > 100) throw new Error('no wine')
      return alcohol / 2
    })
  },
}
`
const sha256 = createHash('sha256').update(source).digest()
const module = { name: 'half', dataType: 'wine', modeltype: MODULE, location: 'half.mjs', sha256 }

const test = suite('modules as models')

test('published by name and SHA-256 it scores; a record on which it throws says why; its bytes are not kept', async () => {
  await withDirectory(async directory => {
    await writeFile(join(directory, 'half.mjs'), source)
    const guard = new ModelGuard({ factory: defaultModelFactory() })
    const { value } = await modelRecord(join(directory, 'half.mjs'), { dataType: 'wine' })
    const serve = withServing(
      async serving => {
        await serving.driver.pipe('models', { key: 'wine', value })
        assert.equal(serving.deadLetters(), [])
        await serving.sendAndWait(wine('wine', 10), wine('wine', 101), wine('wine', 14))
        assert.equal(
          serving.results().map(({ status, score, error }) => [status, score, error]),
          [
            ['OK', 5, ''],
            ['FAILED', 0, 'the module threw: no wine'],
            ['OK', 7, ''],
          ],
        )
        const [version] = serving.store.state('wine')?.versions ?? []
        assert.equal([version?.location, version?.remote, version?.heavy], ['half.mjs', true, true])
        assert.is(serving.store.bytesOf(sha256), undefined)
      },
      { codeRoots: [directory], guard },
    )
    await serve.finally(() => guard.close())
  })
})

test('refused: by bytes, without a root, without a SHA-256, as another format', async () => {
  await withDirectory(async directory => {
    await writeFile(join(directory, 'half.mjs'), source)
    const bytes = Buffer.from(source)
    for (const [record, codeRoots, code, why] of [
      [
        { ...module, location: null, bytes },
        [directory],
        'MODEL_LOCATION_REFUSED',
        /it is a module in a record: code is run only from a file/,
      ],
      [module, [], 'MODEL_LOCATION_REFUSED', /none, no code root is configured/],
      [{ ...module, sha256: new Uint8Array() }, [directory], 'MODEL_LOCATION_REFUSED', /does not state the SHA-256/],
      [{ ...module, sha256: new Uint8Array(32) }, [directory], 'MODEL_HASH_MISMATCH', /has the SHA-256/],
      [{ ...module, modeltype: ONNX, location: null, bytes }, [directory], 'MODEL_UNKNOWN_FORMAT', /its descriptor says ONNX/],
      [
        { ...module, modeltype: ONNX, location: join(directory, 'half.mjs') },
        [directory],
        'MODEL_LOCATION_REFUSED',
        /not below a model root/,
      ],
    ] as const) {
      await withServing(
        async serving => {
          await serving.publish(record)
          const [letter, ...others] = serving.deadLetters()
          assert.equal([letter?.code, others.length], [code, 0])
          assert.match(String(letter?.message), why)
        },
        { codeRoots },
      )
    }
  })
})

test('publishing: by the name of the file, with its SHA-256, or by its whole path; never the bytes', async () => {
  await withDirectory(async directory => {
    const path = join(directory, 'half.ts')
    await writeFile(path, source)
    const byName = await modelRecord(path, { dataType: 'wine' })
    assert.equal(
      [byName.summary.location, byName.type, byName.bytes, byName.sha256],
      ['half.ts', 'MODULE', undefined, sha256.toString('hex')],
    )
    const byLocation = await modelRecord(path, { dataType: 'wine', byLocation: true })
    assert.is(byLocation.summary.location, `file://${path}`)
    const { data, location, modeltype } = sluice.ModelDescriptor.decode(byName.value)
    assert.equal([data ?? null, location, modeltype], [null, 'half.ts', MODULE])
    const model = { dataType: 'wine', name: 'half', type: 'MODULE', bytes: Buffer.from(source), location: undefined } as const
    assert.throws(() => recordOf(model), /MODEL_LOCATION_REFUSED|the module half is not sent/)
  })
})

test.run()
