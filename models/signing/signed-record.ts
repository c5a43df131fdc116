import { createHash } from 'node:crypto'
import { invalid, jsonOf, listOf, objectOf, shown } from './signature-bundle.ts'
import { statementType } from './signed-statement.ts'
import type { SigningKey } from './signing-key.ts'

/** Header of a record that is signed: the signature, a Sigstore bundle (JSON). */
export const recordSignatureHeader = 'sluice.signature'

/** The statement's predicate, by which it is no signature of a model. */
const recordPredicate = 'https://github.com/sluice-streams/sluice/record/v1'

/** What is signed of a record: not its timestamp, which the broker may set, nor its place, which is not known before. */
export interface SignedRecord {
  /** The bytes of the key. */
  readonly key: Uint8Array
  /** The bytes of the value. */
  readonly value: Uint8Array
}

/** Signs a record; returns the value of its header. */
export function signRecord(key: SigningKey, record: SignedRecord): Buffer {
  return Buffer.from(key.sign({ _type: statementType, subject: subjectsOf(record), predicateType: recordPredicate }))
}

/** Throws SluiceError MODEL_SIGNATURE_INVALID unless the in-toto statement is of this very key and value. */
export function checkRecord(payload: Uint8Array, record: SignedRecord): void {
  const statement = objectOf(jsonOf(payload, 'the payload'), 'the payload')
  if (statement['_type'] !== statementType) throw invalid(`_type is ${shown(statement['_type'])}; expected: "${statementType}"`)
  const { predicateType } = statement
  if (predicateType !== recordPredicate) throw invalid(`predicateType is ${shown(predicateType)}; expected: "${recordPredicate}"`)
  const said = listOf(statement['subject'], 'subject').map(each => objectOf(each, 'subject'))
  const expected = subjectsOf(record)
  if (said.length !== expected.length) throw invalid(`it has ${said.length} subjects; expected: key and value`)
  for (const [index, { name, digest }] of expected.entries()) {
    const { name: saidName, digest: saidDigest } = said[index] as (typeof said)[number]
    if (saidName !== name) throw invalid(`a subject is ${shown(saidName)}; expected: "${name}"`)
    if (objectOf(saidDigest, 'digest')['sha256'] !== digest.sha256) throw invalid(`it is for a record with another ${name}`)
  }
}

function subjectsOf(record: SignedRecord) {
  return (['key', 'value'] as const).map(name => ({ name, digest: { sha256: sha256Of(record[name]) } }))
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
