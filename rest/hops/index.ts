// Requests from instance to instance: signed, with a deadline, never forwarded.
// Which instance is asked is decided elsewhere.
export { HOP_HEADER, type HopAnswer, HopClient, addressOf, hopMark, isSameAddress } from './hop-client.ts'
export { HopSigner, SIGNATURE_HEADER, type SignedRequest, bodyHash, peerKey } from './hop-signature.ts'
export { PeerRules } from './peer-rules.ts'
