import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { fingerprintOf } from '../../../models/signing/signing-keys.ts'
import { mediaType, payloadType } from '../../../models/signing/signature-bundle.ts'

/** A bundle whose signature is right, whatever its payload is: JSON, or text. By the encoding of DSSE's specification, written once more. */
export function signPayload(privateKey: string, payload: unknown, material?: object): Buffer {
  const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  const encoded = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `), bytes])
  const bundle = {
    mediaType,
    verificationMaterial: material ?? { publicKey: { hint: fingerprintOf(createPublicKey(createPrivateKey(privateKey))) } },
    dsseEnvelope: {
      payload: bytes.toString('base64'),
      payloadType,
      signatures: [{ sig: sign('sha256', encoded, privateKey).toString('base64') }],
    },
  }
  return Buffer.from(JSON.stringify(bundle))
}
