import { createHash } from 'node:crypto'
import { isSafeName } from '../files/index.ts'
import { invalid, jsonOf, listOf, objectOf, shown, type Json } from './signature-bundle.ts'

export const statementType = 'https://in-toto.io/Statement/v1'
export const predicateType = 'https://model_signing/signature/v1.0'
/** What the tool's versions before 1.0 wrote: the files are the subjects. */
export const formerPredicateType = 'https://model_signing/Digests/v0.1'

/** The name of the resource that is the model itself, a single file. */
export const wholeModel = '.'
const sha256 = /^[0-9a-f]{64}$/i

/** What was signed: files and their digests. */
export interface SignedStatement {
  /** A name for people: it is not part of what the signature vouches for. */
  readonly name: string
  /** SHA-256, in hex, by the file's name: `.` alone for a model that is one file. */
  readonly digests: ReadonlyMap<string, string>
  /** Files and directories that the signer left out. */
  readonly ignored: readonly string[]
}

/**
 * Reads the in-toto statement of a model's signature (https://github.com/sigstore/model-transparency): which files were signed. Throws SluiceError
 * MODEL_SIGNATURE_INVALID for another statement, another way of hashing than SHA-256 of files, names that are not safe or repeated, and a subject that is not the digest of
 * the digests.
 */
export function readStatement(payload: Uint8Array): SignedStatement {
  const statement = objectOf(jsonOf(payload, 'the payload'), 'the payload')
  if (statement['_type'] !== statementType) throw invalid(`_type is ${shown(statement['_type'])}; expected: "${statementType}"`)
  const subjects = listOf(statement['subject'], 'subject').map(each => objectOf(each, 'subject'))
  const type = statement['predicateType']
  if (type === formerPredicateType) {
    const digests = digestsOf(subjects.map(each => [each['name'], digestIn(each)]))
    return { name: '', digests, ignored: [] }
  }
  if (type !== predicateType) throw invalid(`predicateType is ${shown(type)}; expected: "${predicateType}"`)
  const [subject] = subjects
  if (subject === undefined || subjects.length !== 1) throw invalid(`it has ${subjects.length} subjects; expected: 1`)
  const { serialization, resources } = objectOf(statement['predicate'], 'predicate')
  const how = objectOf(serialization, 'serialization')
  checkSerialization(how)
  const digests = digestsOf(listOf(resources, 'resources').map(each => resourceOf(objectOf(each, 'resources'))))
  const root = rootDigest(digests.values())
  if (root !== digestIn(subject)) throw invalid(`the digest of its subject is not the one of its resources, ${root}`)
  const ignored =
    how['ignore_paths'] === undefined ? [] : listOf(how['ignore_paths'], 'ignore_paths').filter(each => typeof each === 'string')
  return { name: typeof subject['name'] === 'string' ? subject['name'] : '', digests, ignored }
}

/** The digest of all digests, in their order: what identifies the model. In hex. */
export function rootDigest(digests: Iterable<string>): string {
  const hash = createHash('sha256')
  for (const digest of digests) hash.update(digest, 'hex')
  return hash.digest('hex')
}

function checkSerialization({ method, hash_type: hash }: Json): void {
  if (method !== 'files') throw invalid(`the model was hashed by ${shown(method)}; only "files" is supported: sign it file by file`)
  if (hash !== 'sha256') throw invalid(`the files were hashed with ${shown(hash)}; only "sha256" is supported: sign them with SHA-256`)
}

type Resource = readonly [name: unknown, digest: string]

function resourceOf({ name, algorithm, digest }: Json): Resource {
  if (algorithm !== 'sha256') throw invalid(`the algorithm of ${shown(name)} is ${shown(algorithm)}; expected: "sha256"`)
  if (typeof digest !== 'string' || !sha256.test(digest))
    throw invalid(`the digest of ${shown(name)} is ${shown(digest)}; expected: a SHA-256`)
  return [name, digest.toLowerCase()]
}

function digestIn({ name, digest }: Json): string {
  const { sha256: found } = objectOf(digest, `the digest of ${shown(name)}`)
  if (typeof found !== 'string' || !sha256.test(found))
    throw invalid(`the digest of ${shown(name)} is ${shown(found)}; expected: a SHA-256`)
  return found.toLowerCase()
}

function digestsOf(resources: readonly Resource[]): ReadonlyMap<string, string> {
  if (resources.length === 0) throw invalid('it names no file')
  const digests = new Map<string, string>()
  for (const [name, digest] of resources) {
    if (typeof name !== 'string' || !(name === wholeModel || isSafeName(name)))
      throw invalid(`it names a file ${shown(name)}; allowed: relative paths with "/" that do not lead out`)
    if (digests.has(name)) throw invalid(`it names the file ${shown(name)} twice`)
    digests.set(name, digest)
  }
  if (digests.has(wholeModel) && digests.size > 1) throw invalid('it names the model as one file, and other files beside it')
  return digests
}
