import { modelStoreTable, storePlacementTable, typedStoreTable, versionedStoreTable } from '../../stores/index.ts'
import { topicConfigTable } from '../../topology/output/index.ts'
import { restOptionTable, restTlsTable } from '../../rest/options/index.ts'
import { controlledDataTable, controlledStreamTable, controlResultsTable, controlTopicTable } from '../../control/index.ts'
import { modelServingTable } from '../../serving/options/index.ts'
import { streamsOptionTable } from '../../topology/runtime/config/index.ts'
import { sinkTable, sourceTable, testDriverTable } from '../../topology/index.ts'
import type { OptionInterface } from './interface-source.ts'

/** A file of interfaces that are generated from tables. */
export interface InterfaceFile {
  readonly path: string
  /** Import path of the tables, relative to the file. */
  readonly table: string
  readonly imports: readonly string[]
  readonly interfaces: readonly OptionInterface[]
}

export const interfaceFiles: readonly InterfaceFile[] = [
  {
    path: 'topology/runtime/config/streams-options.ts',
    table: './streams-option-table.ts',
    imports: [
      "import type { HostInfo } from '../../queryable-streams.ts'",
      "import type { SaslOptions } from './sasl-option.ts'",
      "import type { SslOptions } from './ssl-option.ts'",
      "import type { StreamsListener } from './streams-listener.ts'",
    ],
    interfaces: [
      {
        name: 'StreamsOptions',
        doc: 'The options of `SluiceStreams`. A wrong one is refused with CONFIG_INVALID; one that is undefined counts as not given.',
        table: streamsOptionTable,
      },
    ],
  },
  {
    path: 'serving/options/model-serving-options.ts',
    table: './model-serving-table.ts',
    imports: [
      "import type { ModelFactory } from '../../models/index.ts'",
      "import type { RecordReader } from '../../records/index.ts'",
      "import type { SpeculativePolicies } from './policy.ts'",
    ],
    interfaces: [
      {
        name: 'ModelServingOptions',
        doc: 'Options of model serving for a program. `servingOptions` completes them with the defaults of `sluice serve`.',
        table: modelServingTable,
      },
    ],
  },
  {
    path: 'control/controlled-stream-options.ts',
    table: './control-option-table.ts',
    imports: [
      "import type { Serde } from '../records/index.ts'",
      "import type { KeyText } from '../stores/index.ts'",
      "import type { StreamRecord } from '../topology/index.ts'",
      "import type { ControlRule, ControlSchema, OnControl } from './control-rules.ts'",
      "import type { NoControl, OnData } from './on-data.ts'",
    ],
    interfaces: [
      {
        name: 'ControlledStreamOptions',
        parameters: '<C, D, R, M = never, K = string, DK = K, F extends C | undefined = undefined>',
        doc: 'The options of `controlledStream`. Controls C with keys K steer data D with keys DK; results are R, a key remembers M, and F is the default control.',
        table: controlledStreamTable,
      },
      { name: 'ControlTopicOptions', parameters: '<K, C>', doc: 'The topic of the controls.', table: controlTopicTable },
      { name: 'ControlledDataOptions', parameters: '<DK, D>', doc: 'The topic of the data.', table: controlledDataTable },
      { name: 'ControlResultsOptions', parameters: '<DK, R>', doc: 'The topic of the outputs.', table: controlResultsTable },
    ],
  },
  {
    path: 'rest/rest-server-options.ts',
    table: './options/rest-option-table.ts',
    imports: [
      "import type { QueryableStreams } from '../topology/index.ts'",
      "import type { RestLog, Route } from './http/index.ts'",
      "import type { ControlService, ModelServices } from './routes/index.ts'",
    ],
    interfaces: [
      {
        name: 'RestServerOptions',
        doc: 'The options of `startRestServer`. A wrong one is refused with CONFIG_INVALID; one that is undefined counts as not given.',
        table: restOptionTable,
      },
      { name: 'TlsOptions', doc: 'The certificate of a server, and the authorities that it trusts, all as PEM.', table: restTlsTable },
    ],
  },
  {
    path: 'stores/store-options.ts',
    table: './store-option-table.ts',
    imports: ["import type { Serde } from '../records/index.ts'", "import type { KeyText } from './query-keys.ts'"],
    interfaces: [
      { name: 'StorePlacement', doc: "Where a store's rows go.", table: storePlacementTable },
      { name: 'TypedStoreOptions', parameters: '<K, V>', doc: 'How a store turns keys and values to bytes.', table: typedStoreTable },
      {
        name: 'VersionedStoreOptions',
        parameters: '<K, V>',
        extends: 'TypedStoreOptions<K, V>',
        doc: 'The options of a store that keeps earlier values.',
        table: versionedStoreTable,
      },
      { name: 'ModelStoreOptions', doc: 'The options of the store of the models.', table: modelStoreTable },
    ],
  },
  {
    path: 'topology/topology-options.ts',
    table: './topology-option-table.ts',
    imports: ["import type { TopicConfigs } from './output/index.ts'", "import type { AnySerde } from './topology-definition.ts'"],
    interfaces: [
      { name: 'SourceOptions', doc: 'The options of a source node.', table: sourceTable },
      { name: 'SinkOptions', parameters: '<K = unknown>', doc: 'The options of a sink node.', table: sinkTable },
      { name: 'TestDriverOptions', doc: 'The options of `TopologyTestDriver`.', table: testDriverTable },
    ],
  },
  {
    path: 'topology/output/topic-configs.ts',
    table: './topic-config-table.ts',
    imports: [],
    interfaces: [
      {
        name: 'TopicConfigs',
        doc: "What a topic's configuration says of the records that it takes, by Kafka's own names. Defaults are Kafka's.",
        table: topicConfigTable,
      },
    ],
  },
]
