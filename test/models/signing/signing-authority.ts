import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ModelSigningKey, TrustedKeys } from '../../../models/signing/index.ts'

/** A key of a test, in a directory of its own. */
export interface TestKey {
  readonly signing: ModelSigningKey
  /** PEM. */
  readonly privateKey: string
  /** The path of the public key. */
  readonly path: string
  readonly trusted: TrustedKeys
}

/** PEM files of tests, until they are removed. */
export class SigningFiles {
  readonly directory = mkdtempSync(join(tmpdir(), 'sluice-signing-'))
  #count = 0

  write(text: string | Uint8Array, ending = 'pem'): string {
    const path = join(this.directory, `${this.#count++}.${ending}`)
    writeFileSync(path, text)
    return path
  }

  key(namedCurve = 'prime256v1'): TestKey {
    const { privateKey, publicKey } = generateKeyPairSync('ec', {
      namedCurve,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const path = this.write(publicKey)
    return { signing: new ModelSigningKey({ key: privateKey }), privateKey, path, trusted: TrustedKeys.read([path]) }
  }

  /** A certificate, issued by another one or by itself. */
  certificate({
    subject = 'CN=test',
    extensions = {},
    issuer,
    days = 30,
    curve = 'prime256v1',
    digest = 'sha256',
    pss = false,
    rsa,
    renews,
  }: CertificateWish = {}): TestCertificate {
    const key = renews?.keyPath ?? (rsa === undefined ? this.write(this.key(curve).privateKey) : this.#rsaKey(rsa))
    const lines = Object.entries(extensions).map(([name, value]) => `${name}=${value}`)
    const config = this.write(['[req]', 'distinguished_name=dn', '[dn]', '[ext]', ...lines].join('\n'))
    const request = this.#path()
    const out = this.#path()
    const name = `/${subject.replaceAll(', ', '/')}`
    openssl('req', '-new', '-key', key, '-subj', name, '-config', config, '-out', request)
    const by = issuer === undefined ? ['-signkey', key] : ['-CA', issuer.path, '-CAkey', issuer.keyPath, '-CAcreateserial']
    openssl(
      'x509',
      '-req',
      '-in',
      request,
      ...by,
      `-${digest}`,
      ...(pss ? ['-sigopt', 'rsa_padding_mode:pss'] : []),
      '-days',
      String(days),
      '-extfile',
      config,
      '-extensions',
      'ext',
      '-out',
      out,
    )
    return { path: out, keyPath: key, pem: readFileSync(out, 'utf8'), key: readFileSync(key, 'utf8') }
  }

  #rsaKey(bits: number): string {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
    return this.write(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  }

  remove(): void {
    rmSync(this.directory, { recursive: true })
  }

  #path(): string {
    return join(this.directory, `${this.#count++}.pem`)
  }
}

export interface CertificateWish {
  readonly subject?: string
  readonly extensions?: Readonly<Record<string, string>>
  readonly issuer?: TestCertificate
  readonly days?: number
  readonly curve?: string
  readonly digest?: string
  /** Whether an issuer with an RSA key signs it with RSA-PSS. */
  readonly pss?: boolean
  /** Bits; absent: its key is of the curve. */
  readonly rsa?: number
  /** The certificate whose key it has. */
  readonly renews?: TestCertificate
}

export interface TestCertificate {
  readonly path: string
  readonly keyPath: string
  readonly pem: string
  readonly key: string
}

export const authority = { basicConstraints: 'critical,CA:TRUE', keyUsage: 'critical,keyCertSign' }
export const signer = { basicConstraints: 'critical,CA:FALSE', keyUsage: 'critical,digitalSignature' }

/** A key with its certificate, which the others issued. */
export function certified(own: TestCertificate, ...issuers: readonly TestCertificate[]): ModelSigningKey {
  return new ModelSigningKey({ key: own.key, certificates: [own, ...issuers].map(({ pem }) => pem) })
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' })
}
