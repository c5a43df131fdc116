import { messageOf } from '../../../base/index.ts'

/** Why a broker could not be used. */
export interface BrokerRefusal {
  readonly message: string
  /** Whether waiting cannot help, because the settings of the client or the broker are wrong. */
  readonly final: boolean
}

/** The settings with which the brokers were called. */
export interface AskedBy {
  readonly brokers: readonly string[]
  readonly ssl?: unknown
  readonly sasl?: { readonly mechanism?: unknown; readonly username?: unknown } | undefined
}

interface Failure {
  readonly name: string
  readonly message: string
  readonly type?: unknown
  /** The error code of Node.js or OpenSSL, for a connection error. */
  readonly code?: unknown
  /** host:port, for a connection error. */
  readonly broker?: unknown
}

const trust = 'set ssl.ca to the PEM file of the authority that signed it'
/** What is wrong with a broker's certificate and what to do, by error code. */
const certificates: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: `is self-signed: ${trust}`,
  SELF_SIGNED_CERT_IN_CHAIN: `comes from an authority that is not trusted here: ${trust}`,
  UNABLE_TO_GET_ISSUER_CERT: `comes from an authority that is not trusted here: ${trust}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `comes from an authority that is not trusted here: ${trust}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `comes from an authority that is not trusted here: ${trust}`,
  CERT_SIGNATURE_FAILURE: `was not signed by the authority in ssl.ca: ${trust}`,
  CERT_HAS_EXPIRED: 'has expired (or the clock of this machine is wrong)',
  CERT_NOT_YET_VALID: 'is not valid yet (or the clock of this machine is wrong)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'does not name this address: use an address that the certificate names',
}
/** The codes with which a broker rejects the client certificate. */
const clientCertificate =
  /CERTIFICATE_REQUIRED|ALERT_(BAD|UNKNOWN|UNSUPPORTED)_CERT|ALERT_CERTIFICATE|ALERT_UNKNOWN_CA|SSLV3_ALERT_BAD_CERTIFICATE/
const otherProtocol = /WRONG_VERSION_NUMBER|wrong version number|packet length too long|PACKET_LENGTH_TOO_LONG/
/** Node's words for a server that closed the connection instead of answering the first message of TLS. */
const noHandshake = /before secure TLS connection was established/
const closed = /^(Closed connection|Connection closed by the server)/

/** Explains an error of the brokers or of a connection; for any other error, its own message. */
export function refusalOf(error: unknown, asked: AskedBy): BrokerRefusal {
  let refusal: BrokerRefusal | undefined
  for (let cause = error; cause instanceof Error && refusal === undefined; cause = cause.cause) {
    refusal = credentials(cause, asked) ?? connection(cause, asked)
    if (cause.cause === cause) break
  }
  return refusal ?? { message: messageOf(error), final: false }
}

function credentials({ name, type, message }: Failure, { sasl }: AskedBy): BrokerRefusal | undefined {
  const mechanism = textOf(sasl?.mechanism)
  if (name === 'KafkaJSSASLAuthenticationError') {
    const look = mechanism === 'oauthbearer' ? 'where sasl takes the token from' : 'sasl.mechanism, sasl.username and sasl.password'
    const who = typeof sasl?.username === 'string' ? ` for user ${sasl.username}` : ''
    return { message: `${message}${who}; check ${look}`, final: true }
  }
  if (type === 'UNSUPPORTED_SASL_MECHANISM') {
    return { message: `it does not accept SASL mechanism ${mechanism} at that port: ${message}; set sasl.mechanism`, final: true }
  }
  if (type === 'ILLEGAL_SASL_STATE') {
    return {
      message: 'it does not use SASL at that port, but sasl is set: use the port of its SASL listener, or omit sasl',
      final: true,
    }
  }
  if (typeof type === 'string' && type.endsWith('_AUTHORIZATION_FAILED')) return { message, final: true }
  return undefined
}

function connection({ name, message, code: told, broker }: Failure, { brokers, ssl, sasl }: AskedBy): BrokerRefusal | undefined {
  if (name !== 'KafkaJSConnectionError' && name !== 'KafkaJSConnectionClosedError') return undefined
  const code = textOf(told)
  const at = typeof broker === 'string' ? broker : brokers.join(', ')
  const certificate = certificates[code]
  if (certificate !== undefined) return { message: `the certificate of ${at} ${certificate} (${code})`, final: true }
  if (clientCertificate.test(code)) {
    return { message: `${at} rejects the client certificate, or requires one: check ssl.cert and ssl.key (${code})`, final: true }
  }
  if (otherProtocol.test(`${code} ${message}`)) {
    return {
      message: `${at} does not use TLS at that port, but ssl is set: use the port of its TLS listener, or omit ssl`,
      final: true,
    }
  }
  const advertised = brokers.includes(at) ? '' : `; the cluster advertises the address ${at}: check advertised.listeners of the brokers`
  if (noHandshake.test(message)) {
    const remedy = 'use the port of its TLS listener, or omit ssl'
    return {
      message: `${at} closed the connection: it is shutting down, or it does not use TLS at that port: ${remedy}${advertised}`,
      final: false,
    }
  }
  if (closed.test(message)) {
    const missing = [...(ssl ? [] : ['TLS (ssl)']), ...(sasl === undefined ? ['SASL (sasl)'] : [])]
    const hint = missing.length === 0 ? '' : `: it is shutting down, or it expects ${missing.join(' or ')} at that port`
    return { message: `${at} closed the connection${hint}${advertised}`, final: false }
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { message: `the host name of ${at} cannot be resolved on this machine (${code})${advertised}`, final: false }
  if (code === 'ECONNREFUSED') return { message: `nothing listens at ${at} (${code})${advertised}`, final: false }
  return { message: `${at}: ${message}${advertised}`, final: false }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
