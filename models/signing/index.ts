// Signatures of models, in the format of the OpenSSF's model signing: made, and verified against keys and authorities that are trusted.
// Nothing here asks the network.
// Not here: where a signature comes from, and what happens to a model without one.
export { claimOf, type SignatureClaim } from './claimed-content.ts'
export { type DirectoryToSign, ModelSigningKey } from './sign-model.ts'
export { type ModelSigner, signerName } from './model-signer.ts'
export { TrustedKeys, type VerifiedSignature } from './trusted-keys.ts'
