import type { ConnectionOptions } from 'node:tls'
import { flag, isObject, kindOf, nodeAuthorities, type Option, optional, text, type ValueKind } from '../../../base/options/index.ts'

/** TLS to the brokers: on with the authorities that Node.js trusts (`true`), off (`false`), or with options of `tls.connect`. */
export type SslOptions = ConnectionOptions | boolean

/** PEM, or what else `tls.createSecureContext` takes: it says so itself where the content is wrong. */
const content = kindOf<ConnectionOptions['ca']>(
  'string | Buffer | (string | Buffer)[]',
  'PEM as text or bytes, or a list of them',
  value =>
    isContent(value) ||
    (Array.isArray(value) && value.length > 0 && Array.from(value as unknown[]).every(each => isContent(each) || isObject(each))),
)

type Content = Option<ConnectionOptions['ca']>

/** Those of `tls.connect` that most brokers need. The type is written out because an inferred one would name a generic Buffer in the declarations. */
export const sslOptions: {
  readonly ca: Content
  readonly cert: Content
  readonly key: Content
  readonly passphrase: Option<string | undefined>
  readonly rejectUnauthorized: Option<boolean | undefined>
  readonly servername: Option<string | undefined>
} = {
  ca: optional(content, "certificate authorities that are trusted for the brokers' certificates", { defaultText: nodeAuthorities }),
  cert: optional(content, 'client certificate'),
  key: optional(content, 'private key of the client certificate', { secret: true }),
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
  accepts: (value): value is SslOptions => typeof value === 'boolean' || isObject(value),
  fields: value => (typeof value === 'boolean' ? undefined : fields),
}

function isContent(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || value instanceof Uint8Array
}
