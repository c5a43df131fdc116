// Records whose schemas are in a schema registry: the wire format, the registry's REST API, and readers and serdes of Avro, protobuf and JSON.
// A schema is looked up in the background, once; readers and serdes are synchronous, and say of which records they cannot read yet.
// Not here: who waits meanwhile.
export type { RegistryAddress } from './registry-client.ts'
export { type RegistryReaderOptions, registryRecordReader } from './registry-record-reader.ts'
export { type RegistryWriting, registrySerde } from './registry-serde.ts'
export { type RegisteredSchema, SchemaRegistry, type SchemaType } from './schema-registry.ts'
