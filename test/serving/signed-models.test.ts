import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemEnv, useEnv } from '../../base/index.ts'
import { directoryFiles, packFiles } from '../../models/files/index.ts'
import { TrustedKeys } from '../../models/signing/index.ts'
import { sluice } from '../../proto/messages.js'
import type { ServingOptions } from '../../serving/index.ts'
import { ModelLoader } from '../../serving/model-loader.ts'
import { ServingModels } from '../../serving/serving-models.ts'
import { ColumnBatch } from '../../records/index.ts'
import { floats, int64s, node, onnx, value } from '../models/onnx-builder.ts'
import { modelPieces } from '../../serving/publishing/index.ts'
import type { ModelStateStore } from '../../stores/index.ts'
import { externalOnnx } from '../models/hostile-onnx.ts'
import { openssfFile, openssfKey } from '../models/signing/openssf-models.ts'
import { SigningFiles } from '../models/signing/signing-authority.ts'
import { modelRecord, present, type ServingDriver, shiftedSum, wine, withDirectory, withServing } from './serving-driver.ts'

const files = new SigningFiles()
const own = files.key()
const other = files.key()
const first = shiftedSum(1)
const second = shiftedSum(2)
const sign = (bytes: Uint8Array, key = own): Promise<Buffer> => key.signing.sign('model', bytes)

const test = suite('signed models')
test.after(() => files.remove())

const withKeys = (use: (serving: ServingDriver) => Promise<void>, options: Partial<ServingOptions> = {}): Promise<void> =>
  withServing(use, { trustedKeys: own.trusted, ...options })

/** What scores now, and the score of 5 by it; the status where nothing does. */
async function scored(serving: ServingDriver): Promise<readonly unknown[]> {
  await serving.sendAndWait(wine('wine', 5))
  return serving.results().map(({ status, modelVersion, score }) => [status, modelVersion, score])
}

for (const store of ['model', 'key-value', 'memory'] as const)
  test(`${store}: an unsigned model and one of another key are refused, the former serves; a signed one takes over`, () =>
    withKeys(
      async serving => {
        await serving.publish({ dataType: 'wine', name: 'a', bytes: first })
        assert.equal(await scored(serving), [['NO_MODEL', 0, 0]])
        await serving.publish({ dataType: 'wine', name: 'a', bytes: first, signature: await sign(first) })
        assert.equal(await scored(serving), [['OK', 1, 6]])
        await serving.publish({ dataType: 'wine', name: 'b', bytes: second })
        await serving.publish({ dataType: 'wine', name: 'c', bytes: second, signature: await sign(second, other) })
        await serving.publish({ dataType: 'wine', name: 'd', bytes: second, signature: await sign(first) })
        assert.equal(await scored(serving), [['OK', 1, 6]])
        await serving.publish({ dataType: 'wine', name: 'e', bytes: second, signature: await sign(second) })
        assert.equal(await scored(serving), [['OK', 2, 7]])
        const letters = serving.deadLetters()
        assert.equal(
          letters.map(({ code }) => code),
          ['MODEL_UNSIGNED', 'MODEL_UNSIGNED', 'MODEL_SIGNATURE_INVALID', 'MODEL_SIGNATURE_INVALID'],
        )
        const keys = [own, other].map(({ signing }) => signing.signer.key)
        assert.match(letters[1]?.message ?? '', /model "b" for data type "wine" is refused: the model has no signature.*--signature/)
        assert.match(letters[2]?.message ?? '', new RegExp(`made with the key "${keys[1]}", which is not trusted; trusted: key ${keys[0]}`))
        assert.match(letters[3]?.message ?? '', /for a file with the SHA-256/)
      },
      { store },
    ))

test('the signer is in the facts of the version and in its event; a refusal is one event', () =>
  withKeys(async serving => {
    await serving.publish({ dataType: 'wine', name: 'a', bytes: first, signature: await sign(first) })
    await serving.publish({ dataType: 'wine', name: 'b', bytes: second })
    const [version] = present(serving.store.state('wine')).versions
    assert.equal(version?.signature?.signer, own.signing.signer)
    const events = await serving.events()
    const told = events.filter(({ event }) => event !== 'effective').map(({ event, signer, code }) => [event, signer, code])
    assert.equal(told, [
      ['accepted', `key ${own.signing.signer.key}`, undefined],
      ['refused', undefined, 'MODEL_UNSIGNED'],
    ])
  }))

test('models that the OpenSSF tool has signed serve: a file, a directory, by a certificate', () =>
  withKeys(
    async serving => {
      const bytes = openssfFile('tiny.onnx')
      await serving.publish({ dataType: 'wine', bytes, signature: openssfFile('tiny.onnx.p256.sig') })
      assert.equal(await scored(serving), [['OK', 1, 12]])
      const directory = await packFiles(await directoryFiles(join(import.meta.dirname, '../models/signing/openssf/tiny-directory')))
      await serving.publish({ dataType: 'wine', bytes: directory, signature: openssfFile('tiny-directory.p256.sig') })
      assert.equal(await scored(serving), [['OK', 2, 9]])
      await serving.publish({ dataType: 'wine', bytes, signature: openssfFile('tiny.onnx.certificate.sig') })
      assert.equal(await scored(serving), [['OK', 3, 12]])
      assert.is(
        present(serving.store.state('wine')).versions.at(-1)?.signature?.signer?.certificate,
        'O=Sluice tests, CN=Sluice test signer',
      )
      assert.equal(serving.deadLetters(), [])
    },
    { trustedKeys: TrustedKeys.read([openssfKey('p256'), openssfKey('root')]) },
  ))

test('a directory with a file more, one less, or another one is refused', () =>
  withKeys(async serving => {
    const weights = (shift: number): Uint8Array => new Uint8Array(Float32Array.from([shift]).buffer)
    const packed = (given: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> =>
      packFiles({ names: Object.keys(given), read: name => Promise.resolve(given[name] as Uint8Array) })
    const model = externalOnnx('w.bin', 4)
    const given = { 'a.onnx': model, 'w.bin': weights(3) }
    const signature = await own.signing.sign('model', {
      files: { names: Object.keys(given), read: name => Promise.resolve(given[name as 'w.bin']) },
      ignored: [],
    })
    for (const [bytes, what] of [
      [await packed({ ...given, 'b.txt': weights(1) }), /files that were not signed: "b\.txt"/],
      [await packed({ 'a.onnx': model }), /lacks files that were signed: "w\.bin"/],
      [await packed({ ...given, 'w.bin': weights(4) }), /another content than the signed ones: "w\.bin"/],
      [model, /for a directory of 2 files/],
    ] as const) {
      await serving.publish({ dataType: 'wine', bytes, signature })
      assert.match(serving.deadLetters()[0]?.message ?? '', what)
    }
    await serving.publish({ dataType: 'wine', bytes: await packed(given), signature })
    assert.equal(await scored(serving), [['OK', 1, 8]])
  }))

test('a model in pieces', () =>
  withKeys(async serving => {
    const send = async (signature: Uint8Array): Promise<void> => {
      const pieces = modelPieces(modelRecord({ dataType: 'wine', bytes: first, signature }))
      for (const { key, value } of pieces) await serving.driver.pipe('models', { key: Buffer.from(key), value })
    }
    await send(new Uint8Array())
    await send(await sign(second))
    assert.equal(
      serving.deadLetters().map(({ code }) => code),
      ['MODEL_UNSIGNED', 'MODEL_SIGNATURE_INVALID'],
    )
    await send(await sign(first))
    assert.equal(await scored(serving), [['OK', 1, 6]])
  }))

test('a model by location: an unsigned one is not read, and the bytes that were read are those that count', () =>
  withDirectory(async directory => {
    const location = join(directory, 'model.onnx')
    await writeFile(location, first)
    await mkdir(join(directory, 'dir'))
    await withKeys(
      async serving => {
        await serving.publish({ dataType: 'wine', location: join(directory, 'is not there') })
        await serving.publish({ dataType: 'wine', location, signature: await sign(second) })
        assert.equal(
          serving.deadLetters().map(({ code }) => code),
          ['MODEL_UNSIGNED', 'MODEL_SIGNATURE_INVALID'],
        )
        await serving.publish({ dataType: 'wine', location, signature: await sign(first) })
        assert.equal(await scored(serving), [['OK', 1, 6]])
        // What lies at the location later is another model.
        await writeFile(location, second)
        const { version } = await opened(serving, own.trusted)
        assert.is(version, 1)
      },
      { modelRoots: [directory] },
    )
  }))

test('a model in another server: the URL is signed', () =>
  withKeys(async serving => {
    const location = 'http://127.0.0.1:1/v2/models/wine'
    const service = { dataType: 'wine', modeltype: sluice.ModelDescriptor.ModelType.SERVICE, location }
    await serving.publish(service)
    await serving.publish({ ...service, signature: await sign(Buffer.from('http://127.0.0.1:1/v2/models/another')) })
    await serving.publish({ ...service, signature: await sign(Buffer.from(location)) })
    const codes = serving.deadLetters().map(({ code }) => code)
    // The last one got as far as its server.
    assert.equal(codes.slice(0, 2), ['MODEL_UNSIGNED', 'MODEL_SIGNATURE_INVALID'])
    assert.not.ok(codes[2]?.startsWith('MODEL_SIGN'))
  }))

/** Opens the newest version as a start with these keys does. */
async function opened(serving: ServingDriver, trustedKeys: TrustedKeys | undefined): Promise<{ readonly version: number }> {
  const loader = new ModelLoader({ ...serving.options, ...(trustedKeys === undefined ? {} : { trustedKeys }) })
  const version = present(present(serving.store.state('wine')).versions.at(-1))
  const loaded = await loader.open(version, serving.store)
  await loaded.release()
  return version
}

const codeOf = (opening: Promise<unknown>): Promise<unknown> =>
  opening.then(
    () => 'opened',
    (error: { code?: unknown }) => error.code,
  )

test('what was accepted is verified again with the keys of a start, also when the same bytes are loaded already', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'wine', bytes: first, signature: await sign(first) })
    assert.equal(await scored(serving), [['OK', 1, 6]])
    assert.is(await codeOf(opened(serving, own.trusted)), 'opened')
    assert.is(await codeOf(opened(serving, other.trusted)), 'MODEL_SIGNATURE_INVALID')
    await serving.publish({ dataType: 'wine', bytes: first })
    assert.is(await codeOf(opened(serving, own.trusted)), 'MODEL_UNSIGNED')
    assert.is(await codeOf(opened(serving, undefined)), 'opened')
  }))

test('a row that says who signed a version is not believed', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'wine', bytes: first, signature: await sign(first, other) })
    const [version] = present(serving.store.state('wine')).versions
    assert.ok(version?.signature)
    const forged = { ...version, signature: { ...version.signature, signer: own.signing.signer } }
    assert.is(
      await codeOf(new ModelLoader({ ...serving.options, trustedKeys: own.trusted }).open(forged, serving.store)),
      'MODEL_SIGNATURE_INVALID',
    )
  }))

test('a row without the SHA-256 of the model is not believed: its location may hold anything later', () =>
  withDirectory(async directory => {
    const location = join(directory, 'model')
    await mkdir(location)
    await writeFile(join(location, 'a.onnx'), first)
    const signature = await own.signing.sign('model', { files: await directoryFiles(location), ignored: [] })
    await withServing(
      async serving => {
        await serving.publish({ dataType: 'wine', location, signature })
        const [version] = present(serving.store.state('wine')).versions
        assert.ok(version)
        const loader = new ModelLoader({ ...serving.options, trustedKeys: own.trusted })
        const open = (hash: Uint8Array): Promise<unknown> =>
          codeOf(loader.open({ ...version, hash }, withoutModel(serving.store, version.hash)))
        assert.is(await codeOf(loader.open(version, serving.store).then(loaded => loaded.release())), 'opened')
        assert.is(await open(new Uint8Array()), 'MODEL_SIGNATURE_INVALID')
        await writeFile(join(location, 'a.onnx'), second)
        assert.is(await open(new Uint8Array()), 'MODEL_SIGNATURE_INVALID')
      },
      { modelRoots: [directory] },
    )
  }))

/** As if the bytes of the model were too large for the store. */
function withoutModel(store: ModelStateStore, hash: Uint8Array): Pick<ModelStateStore, 'bytesOf'> {
  return { bytesOf: wanted => (wanted === hash || typeof wanted !== 'string' ? undefined : store.bytesOf(wanted)) }
}

test('a way back to a version that is not trusted is refused, and what was in force goes on', () =>
  withKeys(async serving => {
    await serving.publish({ dataType: 'wine', bytes: first, signature: await sign(first) })
    await serving.publish({ dataType: 'wine', bytes: second, signature: await sign(second) })
    // As if the first one had been accepted when another key was trusted.
    const state = present(serving.store.state('wine'))
    const [one, two] = state.versions
    assert.ok(one?.signature && two)
    const { signature: _, ...unsigned } = one
    forge(serving.store, { ...state, versions: [unsigned, two] })
    await serving.control('wine', { rollback: { version: 1 } })
    assert.match(serving.deadLetters()[0]?.message ?? '', /the model has no signature/)
    assert.equal(await scored(serving), [['OK', 2, 7]])
  }))

/** Puts a state in the place of another, as somebody does who writes to the changelog. */
function forge(store: ModelStateStore, state: NonNullable<ReturnType<ModelStateStore['state']>>): void {
  const states = store.state.bind(store)
  store.state = dataType => (dataType === state.dataType && states(dataType)?.latest === state.latest ? state : states(dataType))
}

test('of a composite of which one model is not trusted nothing is run, and the other is not loaded again and again', () =>
  withServing(async serving => {
    const [one, two] = [innerSum(1), scaled(1000)]
    await serving.publish({ dataType: 'wine', name: 'a', bytes: one, signature: await sign(one) })
    await serving.publish({ dataType: 'wine', name: 'b', bytes: two, after: 'a', signature: await sign(two, other) })
    await serving.control('wine', { setPolicy: { steps: [{ name: 'a' }, { name: 'b' }] } })
    const options = { ...serving.options, trustedKeys: own.trusted }
    let reads = 0
    const { store } = serving
    const counted = { state: store.state.bind(store), bytesOf: (hash: Uint8Array | string) => (reads++, store.bytesOf(hash)) }
    const models = new ServingModels(options, new ModelLoader(options), counted)
    const error = (): Promise<unknown> =>
      Promise.resolve(models.of('wine'))
        .then(async found => found?.model.score(new ColumnBatch(serving.options.reader.specs, 1)))
        .then(() => 'scored', String)
    assert.match(String(await error()), /model "b" version 2, a step of the composite, failed: the signature is not valid/)
    const before = reads
    assert.ok(before > 0)
    const leave = useEnv({ ...systemEnv, monotonic: () => performance.now() + 60_000 })
    try {
      assert.match(String(await error()), /model "b" version 2/)
      await new Promise(resolve => setTimeout(resolve, 20))
    } finally {
      leave()
    }
    assert.is(reads, before)
    await models.close()
  }))

/** Gives `inner`, the sum of the fields and `shift`; and what takes it. */
function innerSum(shift: number): Uint8Array {
  return onnx({
    nodes: [node('ReduceSum', ['x', 'axes'], ['sum']), node('Add', ['sum', 'shift'], ['inner'])],
    inputs: [value('x', 'float', ['N', 11])],
    outputs: [value('inner', 'float', ['N', 1])],
    tensors: [int64s('axes', [1], [1]), floats('shift', [1], [shift])],
  })
}

function scaled(factor: number): Uint8Array {
  return onnx({
    nodes: [node('Mul', ['inner', 'factor'], ['outer'])],
    inputs: [value('inner', 'float', ['N', 1])],
    outputs: [value('outer', 'float', ['N', 1])],
    tensors: [floats('factor', [1], [factor])],
  })
}

test('the signature goes when its version does', () =>
  withKeys(async serving => {
    await serving.publish({ dataType: 'wine', bytes: first, signature: await sign(first) })
    const hash = present(present(serving.store.state('wine')).versions[0]?.signature).hash
    assert.ok(serving.store.bytesOf(hash))
    for (let at = 0; at < 17; at++)
      await serving.publish({ dataType: 'wine', bytes: shiftedSum(at), signature: await sign(shiftedSum(at)) })
    assert.is(serving.store.bytesOf(hash), undefined)
  }))

test('without trusted keys a signature is kept, and not looked at', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'wine', bytes: first, signature: Buffer.from('nonsense') })
    const signature = present(serving.store.state('wine')).versions[0]?.signature
    assert.is(signature?.size, 8)
    assert.is(signature?.signer, undefined)
    assert.equal(await scored(serving), [['OK', 1, 6]])
  }))

test.run()
