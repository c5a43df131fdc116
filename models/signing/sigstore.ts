import { onFirstUse } from '../../base/index.ts'

/** Sigstore's encodings of signatures and certificates; only models that are signed need them. */
export const sigstore = onFirstUse<typeof import('@sigstore/core')>('@sigstore/core')
