import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modelRecord } from '../../cli/commands/index.ts'
import { resolveConfig } from '../../cli/config/config.ts'
import { modelServing } from '../../cli/serve/serving-module.ts'
import { TrustedKeys } from '../../models/signing/index.ts'
import { contentOf } from '../../models/sources/index.ts'
import { sluice } from '../../proto/messages.js'
import { servingOptions } from '../../serving/index.ts'
import { openssf } from '../models/signing/openssf-models.ts'
import { authority, signer, SigningFiles } from '../models/signing/signing-authority.ts'
import { commandLines, docBlocks, words } from '../support/doc-blocks.ts'
import { quietly } from './quietly.ts'

const project = join(import.meta.dirname, '../..')
const files = new SigningFiles()
const directory = mkdtempSync(join(tmpdir(), 'sluice-sign-'))
const key = files.key()
const keyFile = files.write(key.privateKey)
const model = join(directory, 'model.onnx')
cpSync(join(openssf, 'tiny.onnx'), model)

const test = suite('sluice sign')
test.after(() => {
  files.remove()
  rmSync(directory, { recursive: true })
})

/** Verifies what publish would send: the descriptor's signature, and its bytes. */
async function verify(given: string, signature: string, trusted: string, more: object = {}): Promise<sluice.ModelDescriptor> {
  const record = await modelRecord(given, { dataType: 'wine', signature, ...more })
  const descriptor = sluice.ModelDescriptor.decode(record.value)
  const content = await contentOf(descriptor.data ?? Buffer.from(descriptor.location ?? ''))
  await TrustedKeys.read([trusted])
    .verify(descriptor.signature, Date.now())
    .check(content.hash, () => Promise.resolve(content))
  return descriptor
}

const refusal = (publishing: Promise<unknown>): Promise<string> => publishing.then(() => 'it was taken', String)

test('the commands of docs/signing.md sign a model that publish and serve take', async () => {
  const [block] = docBlocks(project).filter(({ page, language }) => page === 'docs/signing.md' && language === 'sh')
  const lines = commandLines(block?.code ?? '')
  assert.is(lines.length, 4)
  const here = join(directory, 'docs')
  mkdirSync(here)
  cpSync(model, join(here, 'wine-mlp.onnx'))
  const sluiceCommand = [process.execPath, '--import', import.meta.resolve('tsx'), join(project, 'cli/main.ts')] as const
  for (const line of lines.slice(0, 3)) {
    const typed = words(line)
    const [command, ...args] = typed[0] === 'npx' ? [...sluiceCommand, ...typed.slice(2)] : typed
    execFileSync(command as string, args, {
      cwd: here,
      stdio: 'pipe',
      env: { ...process.env, NODE_PATH: '', TSX_TSCONFIG_PATH: join(project, 'tsconfig.json') },
    })
  }
  await verify(join(here, 'wine-mlp.onnx'), join(here, 'wine-mlp.onnx.sig'), join(here, 'signer.pub'))
})

test('prints the signer, and writes beside the model', async () => {
  const { code, stdout } = await quietly(['sign', model, '--key', keyFile, '--json'])
  assert.is(code, 0)
  const { signature, key: signed } = JSON.parse(stdout) as { signature: string; key: string }
  assert.equal([signature, signed], [`${model}.sig`, key.signing.signer.key])
  await verify(model, signature, key.path)
})

test('a directory: what git keeps and the signature itself are neither signed nor sent', async () => {
  const saved = join(directory, 'saved')
  cpSync(join(openssf, 'tiny-directory'), saved, { recursive: true })
  mkdirSync(join(saved, '.git'))
  writeFileSync(join(saved, '.git/HEAD'), 'ref')
  writeFileSync(join(saved, '.gitattributes'), '*.onnx binary')
  const out = join(saved, 'model.sig')
  assert.is((await quietly(['sign', saved, '--key', keyFile, '--out', out])).code, 0)
  const { data } = await verify(saved, out, key.path)
  assert.not.match(Buffer.from(data ?? []).toString('latin1'), /\.git|model\.sig/)
  writeFileSync(join(saved, 'more.txt'), 'more')
  assert.match(await refusal(modelRecord(saved, { dataType: 'wine', signature: out })), /files that were not signed: "more\.txt"/)
  symlinkSync(join(saved, 'more.txt'), join(saved, 'link.txt'))
  const { code, stderr } = await quietly(['sign', saved, '--key', keyFile, '--out', out])
  assert.is(code, 1)
  assert.match(stderr, /link\.txt, a link/)
})

test('with certificates, and a key that has a password', async () => {
  const root = files.certificate({ subject: 'CN=root', extensions: authority })
  const between = files.certificate({ subject: 'CN=between', extensions: authority, issuer: root })
  const leaf = files.certificate({ subject: 'CN=ana', extensions: signer, issuer: between })
  const encrypted = join(directory, 'encrypted.pem')
  execFileSync('openssl', ['pkcs8', '-topk8', '-in', leaf.keyPath, '-passout', 'pass:secret', '-out', encrypted], { stdio: 'pipe' })
  const out = join(directory, 'certified.sig')
  const chain = ['--certificate-chain', leaf.path, between.path]
  const password = files.write('secret\n')
  const { code, stdout } = await quietly(['sign', model, '--key', encrypted, '--password-file', password, ...chain, '--out', out, '--json'])
  assert.is(code, 0)
  assert.is((JSON.parse(stdout) as { certificate: string }).certificate, 'CN=ana')
  await verify(model, out, root.path)
  const wrongOrder = await quietly(['sign', model, '--key', leaf.keyPath, '--certificate-chain', between.path, leaf.path])
  assert.match(wrongOrder.stderr, /first certificate, of CN=between, is not that of the private key/)
  assert.match((await quietly(['sign', model, '--key', encrypted, '--out', out])).stderr, /private key cannot be read/)
  const [cutOff, none] = [files.write(readFileSync(between.path, 'utf8').slice(0, -40)), files.write('no certificate\n')]
  for (const [path, why] of [
    [cutOff, /certificate chain cannot be read: it has PEM text that is damaged, not complete/],
    [none, /certificate chain cannot be read: it holds no certificate/],
  ] as const)
    assert.match((await quietly(['sign', model, '--key', leaf.keyPath, '--certificate-chain', leaf.path, path])).stderr, why)
})

test('the URL of a model on a server', async () => {
  const url = 'http://127.0.0.1:8000/v2/models/wine'
  const out = join(directory, 'url.sig')
  assert.is((await quietly(['sign', url, '--key', keyFile, '--out', out])).code, 0)
  await verify(url, out, key.path, { type: 'service' })
  assert.match((await quietly(['sign', url, '--key', keyFile])).stderr, /name a file with --out/)
})

test('publish refuses a signature of another model, one that is none, and one for a whole list', async () => {
  const other = join(directory, 'other.onnx')
  writeFileSync(other, Buffer.concat([readFileSync(model), Buffer.from([0])]))
  assert.match(
    await refusal(modelRecord(other, { dataType: 'wine', type: 'onnx', signature: `${model}.sig` })),
    /is for a file with the SHA-256/,
  )
  assert.match(await refusal(modelRecord(model, { dataType: 'wine', signature: model })), /the bundle is not JSON/)
  assert.match(
    await refusal(modelRecord(model, { dataType: 'wine', signature: join(directory, 'none') })),
    /signature .* cannot be read: ENOENT/,
  )
  const { code, stderr } = await quietly(['publish', directory, '--data-type', 'wine', '--every', '1s', '--signature', `${model}.sig`])
  assert.is(code, 2)
  assert.match(stderr, /--signature is of one model/)
})

test('the keys of serve come from a flag, a variable or YAML; a file that is none ends the start', () => {
  const [one, two] = [key.path, files.key().path]
  interface Given {
    readonly flags: Readonly<Record<string, unknown>>
    readonly env: Readonly<Record<string, string>>
    readonly yaml?: string
  }
  const given: readonly Given[] = [
    { flags: { trustedKeys: [one, two] }, env: {} },
    { flags: {}, env: { SLUICE_TRUSTED_KEYS: `${one},${two}` } },
    { flags: { config: 'x.yaml' }, env: {}, yaml: `trustedKeys: [${one}, ${two}]` },
  ]
  const keysOf = ({ yaml, ...sources }: Given): string | undefined => {
    const { stateDir: _, ...config } = resolveConfig({ ...sources, readFile: path => yaml ?? readFileSync(path, 'utf8') })
    const serving = servingOptions(modelServing(config))
    serving.guard?.close()
    return serving.trustedKeys?.described
  }
  for (const sources of given) assert.match(keysOf(sources) ?? '', /^key [0-9a-f]{64}, key [0-9a-f]{64}$/)
  assert.is(keysOf({ flags: {}, env: {} }), undefined)
  for (const [value, why] of [
    [join(directory, 'none.pem'), /trustedKeys: the file .*none\.pem is not allowed: ENOENT/],
    [model, /has no PEM text/],
  ] as const)
    assert.throws(() => keysOf({ flags: {}, env: { SLUICE_TRUSTED_KEYS: value } }), why)
  assert.throws(() => keysOf({ flags: { config: 'x.yaml' }, env: {}, yaml: 'trustedKeys: []' }), /trustedKeys.*is not allowed/)
})

test.run()
