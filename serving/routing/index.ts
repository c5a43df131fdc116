// Which model a record goes to: its key, or a field of it, hashed onto weighted models.
// Functions of their arguments alone, so that every instance comes to the same choice. Not here: stores, models, records of Kafka.
export { type Challenger, KeyBuckets } from './key-buckets.ts'
export { keyHash, numberHash, textHash } from './key-hash.ts'
