// Written from ./model-serving-table.ts by scripts/generate-options.ts: change it there, then run `npm run options`.
import type { ModelFactory } from '../../models/index.ts'
import type { RecordReader } from '../../records/index.ts'
import type { SpeculativePolicies } from './policy.ts'

/** Options of model serving for a program. `servingOptions` completes them with the defaults of `sluice serve`. */
export interface ModelServingOptions {
  /**
   * Topic of the records to score.
   *
   * Allowed: 1 to 249 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   */
  readonly dataTopic: string
  /**
   * Topic of the models.
   *
   * Allowed: 1 to 249 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   */
  readonly modelsTopic: string
  /**
   * Topic of the scores.
   *
   * Allowed: 1 to 249 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   */
  readonly resultsTopic: string
  /**
   * Reads the data records, in this thread only.
   *
   * Allowed: an object with the list specs and the function read.
   */
  readonly reader: RecordReader
  /**
   * Name of the models' store, under which REST finds them.
   *
   * Allowed: 1 to 200 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   *
   * @defaultValue `ModelStateStore`
   */
  readonly storeName?: string | undefined
  /**
   * How models are kept: model (versions and figures, on disk and in a changelog), key-value (the current model of each data type, in a standard store), or memory (in memory alone, without a changelog; the topic of the models is read from its beginning at each start).
   *
   * Allowed: model | key-value | memory.
   *
   * @defaultValue `model`
   */
  readonly store?: 'model' | 'key-value' | 'memory' | undefined
  /**
   * How models reach the data: keyed (the key of each data record is its data type), or broadcast (every partition has all models; keys are free).
   *
   * Allowed: keyed | broadcast.
   *
   * @defaultValue `keyed`
   */
  readonly join?: 'keyed' | 'broadcast' | undefined
  /**
   * Formats that models may have.
   *
   * Allowed: an object with the functions register and detect and loader and load.
   *
   * @defaultValue those of Sluice, and SERVICE for the servers in modelHosts
   */
  readonly factory?: ModelFactory | undefined
  /**
   * Directories that models published by location may be read from.
   *
   * Allowed: a list of directories.
   *
   * @defaultValue none: locations are refused
   */
  readonly modelRoots?: readonly string[] | undefined
  /**
   * Servers that models may be downloaded from, or called on, by http: or https:.
   *
   * Allowed: a list of host or host:port.
   *
   * @defaultValue none: URLs are refused
   */
  readonly modelHosts?: readonly string[] | undefined
  /**
   * Directories that models which are JavaScript or TypeScript modules may be run from.
   *
   * Allowed: a list of directories.
   *
   * @defaultValue none: modules are refused
   */
  readonly codeRoots?: readonly string[] | undefined
  /**
   * PEM files of public keys and of certificate authorities: only models that one of them has signed serve; see docs/signing.md.
   *
   * Allowed: a list of one or more files.
   *
   * @defaultValue none: models need no signature
   */
  readonly trustedKeys?: readonly string[] | undefined
  /**
   * PEM file of the private key that signs the events of models: see docs/signing.md.
   *
   * Allowed: the path of a file.
   *
   * @defaultValue none: events are not signed
   */
  readonly eventKey?: string | undefined
  /**
   * File with the password of eventKey.
   *
   * Allowed: the path of a file.
   *
   * @defaultValue none: the key is not encrypted
   */
  readonly eventKeyPasswordFile?: string | undefined
  /**
   * Directory whose folder models keeps the models over 64 MiB.
   *
   * Allowed: the path of a directory.
   *
   * @defaultValue none: such models are refused
   */
  readonly stateDir?: string | undefined
  /**
   * Largest model; a model over 64 MiB must be published by location and is kept in a cache.
   *
   * Unit: bytes. Allowed: a whole number from 1 to 2147483648.
   *
   * @defaultValue `2147483648`
   */
  readonly maxModelBytes?: number | undefined
  /**
   * Size of the cache of models over 64 MiB, in stateDir/models.
   *
   * Unit: bytes. Allowed: a whole number from 0 to 1099511627776.
   *
   * @defaultValue `8589934592`
   */
  readonly modelCacheBytes?: number | undefined
  /**
   * Longest time for loading and trying a new model.
   *
   * Unit: ms. Allowed: a whole number from 100 to 600000.
   *
   * @defaultValue `30000`
   */
  readonly modelLoadTimeoutMs?: number | undefined
  /**
   * Longest time that one record may take in a process of its model; the process is then stopped, and the record answered with FAILED.
   *
   * Unit: ms. Allowed: a whole number from 10 to 600000.
   *
   * @defaultValue `1000`
   */
  readonly scoreDeadlineMs?: number | undefined
  /**
   * After how many records within an hour that kill or hang its process a model is not run any more, until a new version comes.
   *
   * Unit: records. Allowed: a whole number from 1 to 1000.
   *
   * @defaultValue `3`
   */
  readonly quarantineAfter?: number | undefined
  /**
   * Whether models' processes are cut off from the network: auto (where the system lets it), required (else the instance does not start), or off (they may also write files and start processes).
   *
   * Allowed: auto | required | off.
   *
   * @defaultValue `auto`
   */
  readonly modelJail?: 'auto' | 'required' | 'off' | undefined
  /**
   * Longest total time that records wait for a model that is being loaded or tried while no other model serves their data type; they are then answered without it.
   *
   * Unit: ms. Allowed: a whole number from 0 to 600000.
   *
   * @defaultValue `10000`
   */
  readonly modelWaitMs?: number | undefined
  /**
   * Data types whose records several models score beside each other, with the latency budget and the decider between them: see docs/speculative.md.
   *
   * Allowed: an object of policies by data type.
   *
   * @defaultValue none: the newest model of a data type scores its records
   */
  readonly policies?: SpeculativePolicies | undefined
  /**
   * Directories that modules of a user's own deciders may be loaded from.
   *
   * Allowed: a list of directories.
   *
   * @defaultValue none: such deciders are refused
   */
  readonly deciderRoots?: readonly string[] | undefined
}
