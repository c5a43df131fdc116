// Signatures of models, in the format of the OpenSSF's model signing, and of records: made, and verified against keys and authorities that are trusted.
// Nothing here asks the network.
// Not here: where a signature comes from, and what happens to a model without one.
export { claimOf, type SignatureClaim } from './claimed-content.ts'
export { type DirectoryToSign, ModelSigningKey } from './sign-model.ts'
export { type ModelSigner, signerName } from './model-signer.ts'
export { notValid } from './signature-bundle.ts'
export { recordSignatureHeader, type SignedRecord, signRecord } from './signed-record.ts'
export { SigningKey, type SigningKeyText } from './signing-key.ts'
export { TrustedKeys, type VerifiedSignature } from './trusted-keys.ts'
