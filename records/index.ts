// Reads records into columns of values, and converts values to bytes: readers of CSV, JSON and protobuf, and the serdes.
// A reader throws RECORD_UNDECODABLE for a record that it cannot read; the batch stays usable.
// Not here: topics, stores, models.
export { type Column, ColumnBatch, type ColumnSpec, type NumberColumn, type RowTensor, type TextColumn, isLarge } from './column-batch.ts'
export { csvRecordReader } from './csv-record-reader.ts'
export { type CsvFields, type CsvOutline, type CsvRow, openCsv } from './csv-rows.ts'
export { checkJsonDepth } from './json-depth.ts'
export { type JsonRecordShape, jsonRecordReader } from './json-record-reader.ts'
export { type JsonLinesOptions, readJsonLines } from './json-lines.ts'
export { NameFinder } from './name-finder.ts'
export { largeWholeOf, numberOf, setNumberText } from './number-text.ts'
export { type ProtobufField, type ProtobufRecordShape, protobufRecordReader, wineRecordReader } from './protobuf-record-reader.ts'
export { parseSchema } from './protobuf-schema.ts'
export { type MessageType, protobufSerde } from './protobuf-serde.ts'
export type { RecordReader } from './record-reader.ts'
export type { ScalarType } from './scalar-types.ts'
export { type SchemaReaderOptions, protobufRecordReaderFromSchema } from './schema-record-reader.ts'
export { type Serde, asBuffer, bytesSerde, jsonSerde, stringSerde, utf8Text } from './serde.ts'
export { WireReader, wire } from './wire-reader.ts'
