import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory, ModelGuard } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { ModelLoader } from '../../serving/model-loader.ts'
import { SigningFiles } from '../models/signing/signing-authority.ts'
import { present, wine, withDirectory, withServing } from './serving-driver.ts'

const { MODULE } = sluice.ModelDescriptor.ModelType
const files = new SigningFiles()
const own = files.key()
const weights = Buffer.from('weights that were signed')

const test = suite('archives of signed files that are another model at the same time')
test.after(() => files.remove())

const signed = own.signing.sign('model', { files: { names: ['w.bin'], read: () => Promise.resolve(weights) }, ignored: [] })

/** A header and its bytes, as ustar has them. */
function entry(name: string, type: string, bytes: Buffer): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0, 'latin1')
  header.write(`${'0'.repeat(7)}\0`.repeat(3), 100)
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124)
  header.write(`        ${type}`, 148)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((all, byte) => all + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}

/** An archive of the signed file, which begins with one text and has another inside: in the names of links, which no file has. */
const archive = (start: string, inside: string, end: string): Buffer =>
  Buffer.concat([entry(start, 'K', Buffer.from(inside)), entry('w.bin', '0', weights), entry('end', 'K', Buffer.from(end.padEnd(512)))])

const module = archive(
  '/*',
  '*/ export default { inputs: [{ name: "alcohol" }], outputs: [{ name: "y" }], score: rows => rows.map(() => 666) } /*',
  '*/ //',
)

test('a module: its code does not run', () =>
  withDirectory(async directory => {
    await writeFile(join(directory, 'm.mjs'), module)
    const guard = new ModelGuard({ factory: defaultModelFactory() })
    const record = { dataType: 'wine', modeltype: MODULE, location: 'm.mjs', sha256: createHash('sha256').update(module).digest() }
    const options = { codeRoots: [directory], guard }
    const serve = async (): Promise<void> => {
      await withServing(
        async serving => {
          await serving.publish({ ...record, signature: await signed })
          const [letter, ...more] = serving.deadLetters()
          assert.equal([letter?.code, more], ['MODEL_SIGNATURE_INVALID', []])
          assert.match(letter?.message ?? '', /it is for a directory, but the model is one file of the format MODULE: sign that file/)
          await serving.publish({ ...record, signature: await own.signing.sign('model', module) })
          await serving.sendAndWait(wine('wine', 5))
          assert.equal(
            serving.results().map(({ status, score }) => [status, score]),
            [['OK', 666]],
          )
        },
        { ...options, trustedKeys: own.trusted },
      )
      // As one that was accepted when no keys were trusted.
      await withServing(async serving => {
        await serving.publish({ ...record, signature: await signed })
        const loader = new ModelLoader({ ...serving.options, trustedKeys: own.trusted })
        const opening = loader.open(present(serving.store.state('wine')?.versions[0]), serving.store)
        assert.match(await opening.then(() => 'opened', String), /one file of the format MODULE/)
      }, options)
    }
    await serve().finally(() => guard.close())
  }))

test('a format that is told by its first bytes', () => {
  const loader = {
    detect: (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1', 0, 4) === 'rule',
    load: () => Promise.reject(new Error('it is loaded')),
  }
  return withServing(
    async serving => {
      const bytes = archive('rule', ' ', ' ')
      await serving.publish({ dataType: 'wine', bytes, signature: await signed })
      await serving.publish({ dataType: 'wine', bytes, signature: await own.signing.sign('model', bytes) })
      const [refused, loaded] = serving.deadLetters().map(({ message }) => message)
      assert.match(refused ?? '', /it is for a directory, but the model is one file of the format RULE: sign that file/)
      assert.match(loaded ?? '', /it is loaded/)
    },
    { trustedKeys: own.trusted, factory: defaultModelFactory().register('RULE', loader) },
  )
})

test.run()
