import type { ConnectionOptions } from 'node:tls'
import { checkKeyPair, isCertificates, isPrivateKey } from '../../../base/index.ts'
import {
  flag,
  isObject,
  kindOf,
  listKind,
  nodeAuthorities,
  type Option,
  optional,
  plainCopy,
  text,
  type ValueKind,
} from '../../../base/options/index.ts'

/** TLS to the brokers: on with the authorities that Node.js trusts (`true`), off (`false`), or with options of `tls.connect`. */
export type SslOptions = ConnectionOptions | boolean

/** PEM of one kind, as text, bytes or a list of them; of a key also with its passphrase. `is`: whether a text is such PEM. */
function pemKind(what: string, is: (pem: string) => boolean): ValueKind<ConnectionOptions['ca']> {
  const each = (value: unknown): boolean => {
    const pem = textOf(value)
    return pem !== undefined && is(pem)
  }
  const list = listKind<unknown>('', '', { each, part: kept })
  return {
    ...kindOf(
      'string | Buffer | (string | Buffer)[]',
      `PEM with ${what}, as text or bytes, or a list of them`,
      value => each(value) || list.accepts(value),
    ),
    copy: value => (Array.isArray(value) ? list.copy?.(value) : kept(value)),
  }
}

/** What is kept of PEM: a program may wipe its bytes once it has passed them on. */
function kept(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value) : plainCopy(value)
}

/** The text of PEM, given as such, as bytes, or as `{ pem, passphrase }`. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
  const inner = isObject(value) ? value['pem'] : undefined
  return inner === undefined || isObject(inner) ? undefined : textOf(inner)
}

const certificates = (what: string): ValueKind<ConnectionOptions['ca']> => pemKind(what, isCertificates)
const privateKeys = pemKind('a private key', isPrivateKey)

type Content = Option<ConnectionOptions['ca']>

/** Those of `tls.connect` that most brokers need. Messages show no PEM: a private key may be given in place of a certificate. The type is written out because an inferred one would name a generic Buffer in the declarations. */
export const sslOptions: {
  readonly ca: Content
  readonly cert: Content
  readonly key: Content
  readonly passphrase: Option<string | undefined>
  readonly rejectUnauthorized: Option<boolean | undefined>
  readonly servername: Option<string | undefined>
} = {
  ca: optional(certificates('certificates'), "certificate authorities that are trusted for the brokers' certificates", {
    defaultText: nodeAuthorities,
    secret: true,
  }),
  cert: optional(certificates('a certificate'), 'client certificate', { secret: true }),
  key: optional(privateKeys, 'private key of the client certificate', { secret: true }),
  passphrase: optional(text, 'passphrase of the private key', { secret: true }),
  rejectUnauthorized: optional(flag, 'whether a broker whose certificate is not trusted is refused', { defaultText: 'true' }),
  servername: optional(
    kindOf<string>('string', 'text', value => typeof value === 'string'),
    "server name that the broker's certificate must match",
    {
      defaultText: "the broker's host",
    },
  ),
}

/** The other options of `tls.connect`, which checks them itself. */
const others: Readonly<Record<Exclude<keyof ConnectionOptions, keyof typeof sslOptions>, true>> = {
  secureContext: true,
  enableTrace: true,
  requestCert: true,
  ALPNProtocols: true,
  SNICallback: true,
  host: true,
  port: true,
  path: true,
  socket: true,
  checkServerIdentity: true,
  session: true,
  minDHSize: true,
  lookup: true,
  timeout: true,
  pskCallback: true,
  ALPNCallback: true,
  allowPartialTrustChain: true,
  sigalgs: true,
  ciphers: true,
  clientCertEngine: true,
  crl: true,
  dhparam: true,
  ecdhCurve: true,
  honorCipherOrder: true,
  privateKeyEngine: true,
  privateKeyIdentifier: true,
  maxVersion: true,
  minVersion: true,
  pfx: true,
  secureOptions: true,
  secureProtocol: true,
  sessionIdContext: true,
  ticketKeys: true,
  sessionTimeout: true,
}

const anything = kindOf<unknown>('unknown', 'anything', () => true)
const fields = { ...sslOptions, ...Object.fromEntries(Object.keys(others).map(name => [name, { kind: anything }])) }

export const sslKind: ValueKind<SslOptions> = {
  type: 'SslOptions',
  allowed: 'true, false, or an object of options of tls.connect',
  accepts: (value): value is SslOptions => typeof value === 'boolean' || (isObject(value) && isUsable(value)),
  fields: () => fields,
}

/** Throws for a key that cannot be read with the passphrase, or is of another certificate. Lists of keys are left to `tls.connect`. */
function isUsable({ cert, key, passphrase }: ConnectionOptions): boolean {
  const pem = Array.isArray(key) ? undefined : textOf(key)
  if (pem !== undefined) checkKeyPair(Array.isArray(cert) ? undefined : textOf(cert), pem, passphrase)
  return true
}
