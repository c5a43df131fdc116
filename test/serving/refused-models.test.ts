import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import type { ServingOptions } from '../../serving/index.ts'
import {
  modelRecord,
  type ModelRecord,
  type ServingDriver,
  sha256Of,
  shiftedSum,
  wine,
  withDirectory,
  withServing,
} from './serving-driver.ts'

const { ModelType } = sluice.ModelDescriptor
const first = shiftedSum(1)
const good = (bytes: Uint8Array): ModelRecord => ({ name: 'good', dataType: 'wine', modeltype: ModelType.ONNX, bytes })

const refused = suite('models that are refused')

/** Something to publish after a good version 1, and what the dead letter is to say. */
interface Refusal {
  readonly code: string
  readonly message: RegExp
  readonly key?: string | null
  readonly value: Uint8Array | null
  /** Whether it names a data type, so that it is remembered as seen. */
  readonly named: boolean
}

const broken = Buffer.concat([first.subarray(0, first.length / 2), Buffer.alloc(20, 0xff)])
const of = (code: string, message: RegExp, given: Partial<ModelRecord>): Refusal => ({
  code,
  message,
  named: true,
  value: modelRecord({ name: 'bad', dataType: 'wine', ...given }),
})

const refusals = (directory: string): Record<string, Refusal> => ({
  'a location outside the roots': of('MODEL_LOCATION_REFUSED', /"bad" for data type "wine" is refused: .*not below a model root/, {
    location: '/etc/hostname',
  }),
  'a location that leads out by ..': of('MODEL_LOCATION_REFUSED', /not below a model root/, {
    location: `${directory}/../../etc/hostname`,
  }),
  'a location that leads out by a link': of('MODEL_LOCATION_REFUSED', /not below a model root/, { location: join(directory, 'link') }),
  'a URL': of('MODEL_LOCATION_REFUSED', /its host localhost is not a model host/, { location: 'http://localhost/model.onnx' }),
  'a file that is missing': of('MODEL_LOAD_FAILED', /missing\.onnx cannot be read: ENOENT/, { location: join(directory, 'missing.onnx') }),
  'a file beyond the limit': of('MODEL_TOO_LARGE', /has 5000 bytes; at most 4000/, { location: join(directory, 'large.onnx') }),
  'another hash': of('MODEL_HASH_MISMATCH', new RegExp(`the SHA-256 of its bytes is ${sha256Of(first)}, but its record states 0{64}`), {
    bytes: first,
    sha256: new Uint8Array(32),
  }),
  'another hash by location': of('MODEL_HASH_MISMATCH', /SHA-256/, { location: join(directory, 'good.onnx'), sha256: new Uint8Array(32) }),
  garbage: of('MODEL_UNKNOWN_FORMAT', /the format of the model is not known \(its descriptor says ONNX\)/, {
    bytes: Buffer.from('garbage'),
    modeltype: ModelType.ONNX,
  }),
  'a model cut short': of('MODEL_', /refused: /, { bytes: broken }),
  'a type that the content contradicts': of('MODEL_UNKNOWN_FORMAT', /says PMML, but its content is ONNX/, {
    bytes: first,
    modeltype: ModelType.PMML,
  }),
  'a type that nobody knows': of('MODEL_UNKNOWN_FORMAT', /says type 99, but its content is ONNX/, {
    bytes: first,
    modeltype: 99 as sluice.ModelDescriptor.ModelType,
  }),
  'inputs that the data lacks': of('MODEL_INPUT_MISMATCH', /input x takes 3 number fields, the record has 11/, { bytes: shiftedSum(1, 3) }),
  'an output that the model lacks': of('MODEL_LOAD_FAILED', /nowhere/, { bytes: first, output: 'nowhere' }),
  'neither bytes nor a location': of('MODEL_LOAD_FAILED', /neither bytes nor a location/, {}),
  'empty bytes': of('MODEL_LOAD_FAILED', /neither bytes nor a location/, { bytes: new Uint8Array() }),
  'an empty descriptor': {
    code: 'MODEL_LOAD_FAILED',
    message: /for data type "wine" is refused: .*neither/,
    key: 'wine',
    value: new Uint8Array(),
    named: true,
  },
  'no data type at all': {
    code: 'RECORD_UNDECODABLE',
    message: /names no data type/,
    key: null,
    value: modelRecord({ bytes: first }),
    named: false,
  },
  'no data type and an empty key': {
    code: 'RECORD_UNDECODABLE',
    message: /names no data type/,
    key: '',
    value: modelRecord({ bytes: first }),
    named: false,
  },
  'bytes that are no descriptor': {
    code: 'RECORD_UNDECODABLE',
    message: /not a ModelDescriptor/,
    value: Buffer.from([0x0a, 0xff]),
    named: false,
  },
  'no value and no key': { code: 'RECORD_UNDECODABLE', message: /has no value and no key/, key: null, value: null, named: false },
})

async function prepare(directory: string): Promise<Partial<ServingOptions>> {
  await writeFile(join(directory, 'good.onnx'), first)
  await writeFile(join(directory, 'large.onnx'), Buffer.alloc(5000))
  await symlink('/etc/hostname', join(directory, 'link'))
  return { modelRoots: [directory], maxModelBytes: 4000 }
}

async function isRefused(serving: ServingDriver, { code, message, key, value }: Refusal): Promise<void> {
  await serving.driver.pipe('models', { key: key === undefined ? 'wine' : key, value })
  const [letter, ...more] = serving.deadLetters()
  assert.is(more.length, 0)
  assert.ok(letter?.code.startsWith(code), `${letter?.code}: ${letter?.message}`)
  assert.match(letter?.message ?? '', message)
  assert.not.match(letter?.message ?? '', /\n/)
  assert.equal(letter?.value, value, 'the record itself')
}

for (const name of Object.keys(refusals('/'))) {
  refused(`${name}: a dead letter, and the previous model serves`, () =>
    withDirectory(async directory => {
      const refusal = refusals(directory)[name] as Refusal
      await withServing(
        async serving => {
          await serving.publish(good(first))
          const before = serving.store.state('wine')
          await isRefused(serving, refusal)
          const told = refusal.named ? { events: 2, refusedUpTo: { partition: 0, offset: 1 } } : {}
          assert.equal(serving.store.state('wine'), { ...before, nextOffset: refusal.named ? 2 : 1, ...told })
          await serving.send(wine('wine', 5))
          await serving.publish(good(shiftedSum(2)))
          await serving.send(wine('wine', 5))
          assert.equal(
            serving.results().map(({ status, modelVersion, score }) => [status, modelVersion, score]),
            [
              ['OK', 1, 6],
              ['OK', 2, 7],
            ],
            'and the next good one is version 2',
          )
        },
        await prepare(directory),
      )
    }),
  )
}

refused('before the first model: results say that there is no model', () =>
  withServing(async serving => {
    await isRefused(serving, of('MODEL_UNKNOWN_FORMAT', /the format of the model is not known/, { bytes: Buffer.from('garbage') }))
    await serving.send(wine('wine', 5))
    assert.equal(
      serving.results().map(({ status, modelVersion }) => [status, modelVersion]),
      [['NO_MODEL', 0]],
    )
    await serving.driver.commit()
    assert.is(serving.store.query('wine'), undefined)
  }),
)

refused.run()
