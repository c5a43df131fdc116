// What every layer uses: errors with codes, options as data, bytes, topic partitions, the world outside.
// Knows nothing of Kafka, stores or models.
// Not here: anything that only one layer uses.
export { ByteReader } from './byte-reader.ts'
export { ByteWriter, type Bytes, varbytesSize, varintSize, varlongSize } from './byte-writer.ts'
export { env, openServer, openSocket, systemEnv, useEnv, type ConnectAddress, type Env, type Timer } from './env.ts'
export { isolated } from './isolated.ts'
export { certificatesOf, checkCertificates, checkKeyPair, isCertificates, isPrivateKey, pemBlocks, type PemBlock } from './pem.ts'
export { onFirstUse } from './on-first-use.ts'
export { type ErrorCode, type Fault, SluiceError, isRecordFault, messageOf } from './sluice-error.ts'
export { type TopicPartition, topicPartition } from './topic-partition.ts'
export { TurnShare } from './turn-share.ts'
export { putVarint, unsignedVarintSize } from './varint.ts'
export { every, nextTurn, orAborted, pause } from './waits.ts'
export { workerEntry } from './worker-entry.ts'
