/**
 * A driver that runs a topology in a test without a broker.
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
