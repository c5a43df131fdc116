import type { ConnectionOptions } from 'node:tls'
import { types } from 'node:util'
import { checkKeyPair, isCertificates, isPrivateKey } from '../../../base/index.ts'
import {
  flag,
  isObject,
  kindOf,
  listKind,
  mayHaveMore,
  nodeAuthorities,
  type Option,
  optional,
  plainCopy,
  text,
  type ValueKind,
} from '../../../base/options/index.ts'

/** TLS to the brokers: on with the authorities that Node.js trusts (`true`), off (`false`), or with options of `tls.connect`. */
export type SslOptions = ConnectionOptions | boolean

/** PEM of one kind, as text, bytes or a list of them. `is`: whether a text is such PEM. `ofElement`: the PEM of a list's element. */
function pemKind(
  what: string,
  is: (pem: string) => boolean,
  ofElement: (element: unknown) => unknown = element => element,
): ValueKind<ConnectionOptions['ca']> {
  const each = (value: unknown): boolean => {
    const pem = textOf(value)
    return pem !== undefined && is(pem)
  }
  const list = listKind<unknown>('', '', { each: element => each(ofElement(element)), part: kept })
  return {
    ...kindOf(
      'string | Buffer | (string | Buffer)[]',
      `PEM with ${what}, as text or bytes, or a list of them`,
      value => each(value) || list.accepts(value),
    ),
    copy: kept,
  }
}

/** What is kept of bytes, and of objects and lists with bytes: a program may wipe them once it has passed them on. */
function kept(value: unknown): unknown {
  if (types.isUint8Array(value)) return Buffer.from(value)
  if (Array.isArray(value)) return Array.from(value, kept)
  if (!isObject(value) || mayHaveMore(value)) return value
  return Object.fromEntries(Object.entries(plainCopy(value) as object).map(([name, inner]) => [name, kept(inner)]))
}

/** The text of PEM, given as such or as bytes. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return types.isUint8Array(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8') : undefined
}

/** In a list, a key may be an object with a passphrase of its own. */
function keyOf(element: unknown): unknown {
  return isObject(element) ? element['pem'] : element
}

const certificates = (what: string): ValueKind<ConnectionOptions['ca']> => pemKind(what, isCertificates)
const privateKeys = pemKind('a private key', isPrivateKey, keyOf)

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
  ca: optional(
    certificates('certificates, each on lines of its own'),
    "certificate authorities that are trusted for the brokers' certificates",
    {
      defaultText: nodeAuthorities,
      secret: true,
    },
  ),
  cert: optional(certificates('a certificate on lines of its own'), 'client certificate', { secret: true }),
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

const anything: ValueKind<unknown> = { ...kindOf<unknown>('unknown', 'anything', () => true), copy: kept }
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
