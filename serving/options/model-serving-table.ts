import {
  choice,
  directory,
  file,
  integer,
  kafkaName,
  kindOf,
  isObject,
  objectOf,
  option,
  optional,
  required,
} from '../../base/options/index.ts'
import type { ModelFactory } from '../../models/index.ts'
import type { RecordReader } from '../../records/index.ts'
import { modelDirectories, modelHosts, pemFiles, policies } from './model-serving-kinds.ts'

/** How models reach the data: `keyed` by the record keys on co-partitioned topics, `broadcast` to every partition. The first is the default. */
const servingJoins = ['keyed', 'broadcast'] as const

/** Where a task keeps its models: the custom store, a standard key-value store, or memory only. The first is the default. */
const modelStores = ['model', 'key-value', 'memory'] as const

/** Whether models' processes are cut off from the network. The first is the default. */
const modelJails = ['auto', 'required', 'off'] as const

const minute = 60_000
const gigabyte = 2 ** 30
const topic = kafkaName(249)

const recordReader = kindOf<RecordReader>(
  'RecordReader',
  'an object with the list specs and the function read',
  value => isObject(value) && Array.isArray(value['specs']) && typeof value['read'] === 'function',
)

/**
 * The options of model serving. `ModelServingOptions`, their checks, the settings of `sluice serve` that are the same, and docs/configuration.md all
 * come from here; after a change run `npm run options`.
 */
export const modelServingTable = {
  dataTopic: required(topic, 'topic of the records to score'),
  modelsTopic: required(topic, 'topic of the models'),
  resultsTopic: required(topic, 'topic of the scores'),
  reader: required(recordReader, 'reads the data records, in this thread only'),
  storeName: option(kafkaName(200), 'ModelStateStore', "name of the models' store, under which REST finds them"),
  store: option(
    choice(modelStores),
    modelStores[0],
    'how models are kept: model (versions and figures, on disk and in a changelog), key-value (the current model of each data type, in a standard store), or memory (in memory alone, without a changelog; the topic of the models is read from its beginning at each start)',
  ),
  join: option(
    choice(servingJoins),
    servingJoins[0],
    'how models reach the data: keyed (the key of each data record is its data type), or broadcast (every partition has all models; keys are free)',
  ),
  factory: optional(objectOf<ModelFactory>('ModelFactory', ['register', 'detect', 'loader', 'load']), 'formats that models may have', {
    defaultText: 'those of Sluice, and SERVICE for the servers in modelHosts',
  }),
  modelRoots: option(modelDirectories, [], 'directories that models published by location may be read from', {
    defaultText: 'none: locations are refused',
  }),
  modelHosts: option(modelHosts, [], 'servers that models may be downloaded from, or called on, by http: or https:', {
    defaultText: 'none: URLs are refused',
  }),
  codeRoots: option(modelDirectories, [], 'directories that models which are JavaScript or TypeScript modules may be run from', {
    defaultText: 'none: modules are refused',
  }),
  trustedKeys: optional(
    pemFiles,
    'PEM files of public keys and of certificate authorities: only models that one of them has signed serve; see docs/signing.md',
    { defaultText: 'none: models need no signature' },
  ),
  eventKey: optional(file, 'PEM file of the private key that signs the events of models: see docs/signing.md', {
    defaultText: 'none: events are not signed',
  }),
  eventKeyPasswordFile: optional(file, 'file with the password of eventKey', { defaultText: 'none: the key is not encrypted' }),
  stateDir: optional(directory, 'directory whose folder models keeps the models over 64 MiB', {
    defaultText: 'none: such models are refused',
  }),
  maxModelBytes: option(
    integer(1, 2 * gigabyte),
    2 * gigabyte,
    'largest model; a model over 64 MiB must be published by location and is kept in a cache',
    { unit: 'bytes' },
  ),
  modelCacheBytes: option(integer(0, 1024 * gigabyte), 8 * gigabyte, 'size of the cache of models over 64 MiB, in stateDir/models', {
    unit: 'bytes',
  }),
  modelLoadTimeoutMs: option(integer(100, 10 * minute), 30_000, 'longest time for loading and trying a new model', { unit: 'ms' }),
  scoreDeadlineMs: option(
    integer(10, 10 * minute),
    1000,
    'longest time that one record may take in a process of its model; the process is then stopped, and the record answered with FAILED',
    { unit: 'ms' },
  ),
  quarantineAfter: option(
    integer(1, 1000),
    3,
    'after how many records within an hour that kill or hang its process a model is not run any more, until a new version comes',
    { unit: 'records' },
  ),
  modelJail: option(
    choice(modelJails),
    modelJails[0],
    "whether models' processes are cut off from the network: auto (where the system lets it), required (else the instance does not start), or off (they may also write files and start processes)",
  ),
  modelWaitMs: option(
    integer(0, 10 * minute),
    10_000,
    'longest total time that records wait for a model that is being loaded or tried while no other model serves their data type; they are then answered without it',
    { unit: 'ms' },
  ),
  policies: optional(
    policies,
    'data types whose records several models score beside each other, with the latency budget and the decider between them: see docs/speculative.md',
    { defaultText: 'none: the newest model of a data type scores its records' },
  ),
  deciderRoots: option(modelDirectories, [], "directories that modules of a user's own deciders may be loaded from", {
    defaultText: 'none: such deciders are refused',
  }),
} as const
