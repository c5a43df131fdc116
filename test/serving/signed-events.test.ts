import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { resolveConfig } from '../../cli/config/config.ts'
import { modelServing } from '../../cli/serve/serving-module.ts'
import { recordSignatureHeader, SigningKey } from '../../models/signing/index.ts'
import { servingOptions as completed } from '../../serving/index.ts'
import type { ModelEvent } from '../../serving/model-event-log.ts'
import type { ServingOptions } from '../../serving/index.ts'
import { SigningFiles } from '../models/signing/signing-authority.ts'
import { type ServingDriver, shiftedSum, wine, withServing } from './serving-driver.ts'

const files = new SigningFiles()
const own = files.key()
const eventKey = new SigningKey({ key: own.privateKey })

const test = suite('signed events of models')
test.after(() => files.remove())

/** Each event's name, and who signed it; '' nobody. Throws for a signature that is not valid. */
async function signers(serving: ServingDriver): Promise<readonly (readonly [string, string])[]> {
  await serving.driver.advanceWallClockTime(20)
  return serving.driver.read('test-model-events').map(({ key, value, headers }) => {
    const record = { key: Buffer.from(key ?? ''), value: Buffer.from(value ?? '') }
    const { event } = JSON.parse(record.value.toString()) as ModelEvent
    const bundle = headers?.[recordSignatureHeader]
    return [event, bundle === undefined ? '' : own.trusted.signerOfRecord(Buffer.from(bundle as Uint8Array), record, Date.now()).key]
  })
}

/** All kinds of events but those of quarantine. */
async function live(serving: ServingDriver): Promise<void> {
  await serving.publish({ dataType: 'wine', name: 'm1', bytes: shiftedSum(1) })
  await serving.sendAndWait(wine('wine', 1))
  await serving.publish({ dataType: 'wine', name: 'bad', bytes: Buffer.from('no model') })
  await serving.publish({ dataType: 'wine', name: 'm2', bytes: shiftedSum(2) })
  await serving.control('wine', { promote: { version: 1 } })
  await serving.control('wine', { rollback: {} })
  await serving.control('wine', { promote: { version: 1 }, effectiveFrom: 9_000_000_000_000 })
  await serving.control('wine', { cancel: { all: true } })
  await serving.control('wine', { retire: { version: 1 } })
  await serving.sendAndWait(wine('wine', 2))
  await serving.driver.pipe('models', { key: 'wine', value: null })
}

const all = ['accepted', 'cancelled', 'effective', 'promoted', 'refused', 'retired', 'rolledback', 'withdrawn']

for (const way of ['keyed', 'broadcast'] as const) {
  const options: Partial<ServingOptions> = { join: way }
  test(`${way}: each event is signed, whichever it is`, () =>
    withServing(
      async serving => {
        await live(serving)
        const found = await signers(serving)
        assert.equal([...new Set(found.map(([event]) => event))].toSorted(), all)
        assert.equal(
          found.filter(([, signer]) => signer !== eventKey.signer.key),
          [],
        )
      },
      { ...options, eventKey },
    ))

  test(`${way}: without a key no event has a header`, () =>
    withServing(async serving => {
      await live(serving)
      await serving.driver.advanceWallClockTime(20)
      const found = serving.driver.read('test-model-events')
      assert.ok(found.length >= all.length)
      assert.equal(
        found.filter(({ headers }) => headers !== undefined && Object.keys(headers).length > 0),
        [],
      )
    }, options))
}

/** The options as `sluice serve` makes them. */
function serve(flags: Readonly<Record<string, string>>) {
  const config = resolveConfig({ flags, env: {}, readFile: () => '' })
  const { stateDir: _, ...settings } = config
  return completed(modelServing(settings))
}

test('the key is read at the start, with its password; and what is wrong is said', () => {
  const plain = files.write(own.privateKey)
  assert.equal(serve({ eventKey: plain }).eventKey?.signer, eventKey.signer)
  assert.is(serve({}).eventKey, undefined)
  const encrypted = join(files.directory, 'encrypted.pem')
  execFileSync('openssl', ['pkey', '-in', plain, '-aes-256-cbc', '-passout', 'pass:geheim wort', '-out', encrypted])
  const password = files.write('geheim wort\n', 'txt')
  assert.equal(serve({ eventKey: encrypted, eventKeyPasswordFile: password }).eventKey?.signer, eventKey.signer)
  const wrongPassword = files.write('something', 'txt')
  const rsa = files.write(execFileSync('openssl', ['genrsa', '2048'], { stdio: 'pipe' }))
  for (const [flags, why] of [
    [{ eventKey: '/nowhere/key.pem' }, /eventKey: the file \/nowhere\/key\.pem is not allowed: ENOENT/],
    [{ eventKey: own.path }, /eventKey: the file .* the private key cannot be read/],
    [{ eventKey: rsa }, /the private key is of kind rsa; allowed: an elliptic-curve key of P-256, P-384 or P-521/],
    [{ eventKey: encrypted }, /the private key cannot be read: .*without a password \(eventKeyPasswordFile\)/],
    [{ eventKey: encrypted, eventKeyPasswordFile: wrongPassword }, /the private key cannot be read: .*with the password in /],
    [{ eventKey: plain, eventKeyPasswordFile: '/nowhere/word' }, /eventKeyPasswordFile: the file \/nowhere\/word is not allowed/],
    [{ eventKeyPasswordFile: password }, /eventKeyPasswordFile is set, and eventKey is not/],
  ] as const) {
    try {
      serve(flags)
      assert.unreachable(`${JSON.stringify(flags)} was taken`)
    } catch (error) {
      const { code, message } = error as { code: string; message: string }
      assert.is(code, 'CONFIG_INVALID', message)
      assert.match(message, why)
      assert.not.match(message, /geheim|something|BEGIN/)
    }
  }
})

test.run()
