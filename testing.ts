/**
 * Runs a topology without a broker, in a test.
 *
 * @packageDocumentation
 */
export {
  TopologyTestDriver,
  type DecodedRecord,
  type OutputRecord,
  type TestDriverOptions,
  type TestLog,
  type TestRecord,
  type TestSerdes,
  type TopicConfigs,
} from './topology/index.ts'
