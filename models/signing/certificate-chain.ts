import { type KeyObject, X509Certificate } from 'node:crypto'
import type { X509Certificate as ParsedCertificate } from '@sigstore/core'
import { messageOf } from '../../base/index.ts'
import { sigstore } from './sigstore.ts'
import { invalid, someOf } from './signature-bundle.ts'

/** Extensions whose meaning is kept here. Another one that is critical refuses its certificate (RFC 5280, 4.2). */
const known = new Set(['2.5.29.14', '2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.35', '2.5.29.37'])
const nameConstraints = '2.5.29.30'
const keyUsage = '2.5.29.15'
const codeSigning = '1.3.6.1.5.5.7.3.3'
const anyUsage = '2.5.29.37.0'

const rsaPss = '1.2.840.113549.1.1.10'
const strongPss = `${rsaPss} with SHA-2`

/** How a certificate may be signed, by object identifier: SHA-256, -384 and -512 with ECDSA and RSA, and Ed25519 and Ed448. RSA-PSS has its hash as a parameter. */
const strong = new Set([
  ...[2, 3, 4].map(hash => `1.2.840.10045.4.3.${hash}`),
  ...[11, 12, 13].map(hash => `1.2.840.113549.1.1.${hash}`),
  strongPss,
  '1.3.101.112',
  '1.3.101.113',
])

/** SHA-256, -384 and -512. */
const strongHashes = new Set([1, 2, 3].map(hash => `2.16.840.1.101.3.4.2.${hash}`))

const mostRsaBits = 8192

/** The most certificates between a signer's and a trusted one. */
const mostBetween = 6

/**
 * The signer's certificate, once it leads to one of the trusted authorities: each certificate was issued by the next one, all were valid at that time (epoch ms), and their
 * usages allow it (RFC 5280). Certificates that were revoked are not known: nobody is asked. Throws SluiceError MODEL_SIGNATURE_INVALID.
 */
export function trustedCertificate(chain: readonly Buffer[], authorities: readonly X509Certificate[], at: number): X509Certificate {
  const [signer, ...between] = chain.map(certificateOf)
  if (signer === undefined) throw invalid('it has no certificate')
  let first: unknown
  // An authority may have several certificates with one key: a former one that has ended, and the one that renewed it.
  for (const path of pathsTo(signer, between, authorities)) {
    try {
      checkPath(path, at)
      return signer
    } catch (error) {
      first ??= error
    }
  }
  if (first !== undefined) throw first
  const trusted = someOf(authorities.map(nameOf), ' | ') || 'none: trustedKeys has public keys alone'
  throw invalid(
    `the certificate of ${nameOf(signer)} was issued by ${issuerOf(signer)}, and does not lead to a trusted authority; trusted: ${trusted}`,
  )
}

/** The path begins with the signer's certificate and ends with a trusted one. */
function checkPath(path: readonly X509Certificate[], at: number): void {
  for (const certificate of path) checkTimes(certificate, at)
  for (const [depth, issuer] of path.slice(1).entries()) checkIssuer(issuer, depth)
  for (const certificate of path.slice(0, -1)) checkParts(certificate)
  checkSigner(path[0] as X509Certificate)
}

/** Name of a certificate for people: its subject, else its alternative names, else its serial number; on one line, cut. */
export function nameOf({ subject, subjectAltName, serialNumber }: X509Certificate): string {
  return plainName(subject) || plainName(subjectAltName) || `serial number ${serialNumber}`
}

function issuerOf({ issuer }: X509Certificate): string {
  return plainName(issuer) || 'nobody'
}

const mostName = 256

function plainName(name: string | undefined): string {
  const line = (name ?? '').trim().replace(/\n/g, ', ').replace(/\p{C}/gu, '?')
  return line.length > mostName ? `${line.slice(0, mostName)}…` : line
}

function certificateOf(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der)
  } catch (error) {
    throw invalid(`it has a certificate that cannot be read: ${messageOf(error)}`)
  }
}

/** The certificates from the signer's to a trusted one, the shortest ways first. Each certificate between them is on one way at most. */
function* pathsTo(
  signer: X509Certificate,
  between: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): Generator<readonly X509Certificate[]> {
  const left = new Set(between)
  let paths: readonly (readonly X509Certificate[])[] = [[signer]]
  while (paths.length > 0) {
    const longer: (readonly X509Certificate[])[] = []
    for (const path of paths) {
      const last = path.at(-1) as X509Certificate
      for (const trusted of authorities) if (isIssuedBy(last, trusted)) yield [...path, trusted]
      for (const next of left) {
        if (path.length > mostBetween || !isIssuedBy(last, next)) continue
        left.delete(next)
        longer.push([...path, next])
      }
    }
    paths = longer
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && isUsual(issuer.publicKey) && certificate.verify(issuer.publicKey)
  } catch {
    return false
  }
}

/** Whether a signature by the key is verified in little time: certificates that a bundle brings may have any key. */
function isUsual({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  const { namedCurve, modulusLength = Infinity } = asymmetricKeyDetails ?? {}
  if (asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss') return modulusLength <= mostRsaBits
  return asymmetricKeyType === 'ec' ? namedCurve !== undefined : asymmetricKeyType === 'ed25519' || asymmetricKeyType === 'ed448'
}

function checkTimes(certificate: X509Certificate, at: number): void {
  const { validFrom, validTo } = certificate
  if (at >= Date.parse(validFrom) && at <= Date.parse(validTo)) return
  throw invalid(
    `the certificate of ${nameOf(certificate)} is valid from ${validFrom} to ${validTo}, not on ${new Date(at).toISOString()}: sign the model with a valid one`,
  )
}

/** `depth`: the number of authorities between this one and the signer. */
function checkIssuer(issuer: X509Certificate, depth: number): void {
  const { extBasicConstraints } = parsed(issuer)
  if (!issuer.ca || extBasicConstraints?.isCA !== true) throw invalid(`the certificate of ${nameOf(issuer)} is not that of an authority`)
  const most = extBasicConstraints.pathLenConstraint
  if (most !== undefined && most < BigInt(depth))
    throw invalid(`the authority ${nameOf(issuer)} may have ${most} authorities below it, and has ${depth}`)
  const usage = extension(issuer, keyUsage) && parsed(issuer).extKeyUsage
  if (usage !== undefined && !usage.keyCertSign) throw invalid(`the authority ${nameOf(issuer)} may not issue certificates (keyUsage)`)
  if (extension(issuer, nameConstraints) !== undefined)
    throw invalid(`the authority ${nameOf(issuer)} is limited to certain names (nameConstraints), which is not supported`)
}

/** What a certificate that is not trusted by itself may not have. */
function checkParts(certificate: X509Certificate): void {
  const algorithm = algorithmOf(certificate)
  if (!strong.has(algorithm))
    throw invalid(`the certificate of ${nameOf(certificate)} was signed in a way that is not supported or too weak (${algorithm})`)
  for (const each of parsed(certificate).extensions) {
    const id = each.subs[0]?.toOID() ?? ''
    const isCritical = each.subs.length === 3 && each.subs[1]?.toBoolean() === true
    if (isCritical && !known.has(id))
      throw invalid(`the certificate of ${nameOf(certificate)} has a critical extension that is not known here (${id})`)
  }
}

/** How the certificate was signed, by object identifier; of RSA-PSS with a hash that is not strong, with its name (RFC 4055, 3.1: SHA-1 where none is named). */
function algorithmOf(certificate: X509Certificate): string {
  const [id, parameters] = parsed(certificate).root.subs[1]?.subs ?? []
  const algorithm = id?.toOID() ?? ''
  if (algorithm !== rsaPss) return algorithm
  const hash = parameters?.subs.find(({ tag }) => tag.isContextSpecific(0))?.subs[0]?.subs[0]?.toOID()
  return hash !== undefined && strongHashes.has(hash) ? strongPss : `${algorithm} with ${hash ?? 'SHA-1'}`
}

/** A certificate for signatures: one of a server, say, is none, though the same authority has issued it. */
function checkSigner(signer: X509Certificate): void {
  const usage = extension(signer, keyUsage) && parsed(signer).extKeyUsage
  // Node.js names the extended usages so.
  const purposes = (signer.keyUsage as readonly string[] | undefined) ?? []
  const isForCode = purposes.includes(codeSigning) || purposes.includes(anyUsage)
  const allowed = usage === undefined ? isForCode : usage.digitalSignature && (purposes.length === 0 || isForCode)
  if (!allowed)
    throw invalid(
      `the certificate of ${nameOf(signer)} is not for signatures: it needs keyUsage digitalSignature, and codeSigning where it names extended usages`,
    )
}

function extension(certificate: X509Certificate, id: string): object | undefined {
  return parsed(certificate).extensions.find(each => each.subs[0]?.toOID() === id)
}

/** What Node.js does not tell of a certificate. Only of one that a trusted authority has issued, or that is one. Throws SluiceError MODEL_SIGNATURE_INVALID. */
function parsed(certificate: X509Certificate): ParsedCertificate {
  try {
    const found = sigstore().X509Certificate.parse(Buffer.from(certificate.raw))
    // Its parts are read when they are asked for: what is damaged throws here.
    void [found.extensions, found.extBasicConstraints?.isCA, found.extBasicConstraints?.pathLenConstraint, found.extKeyUsage?.keyCertSign]
    return found
  } catch (error) {
    throw invalid(`the certificate of ${nameOf(certificate)} cannot be read: ${messageOf(error)}`)
  }
}
