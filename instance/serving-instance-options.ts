import type { RestLog, RestServerOptions } from '../rest/index.ts'
import type { ModelServingOptions } from '../serving/index.ts'
import type { StreamsOptions, TopologyModule } from '../topology/runtime/index.ts'

/** Options of the REST server of the instance: those of `startRestServer` without the ones that the instance sets itself. */
export type ServingRestOptions = Omit<RestServerOptions, 'streams' | 'models' | 'port' | 'log'> & {
  /** Port on which REST listens; default 8888; 0: any free port. */
  readonly port?: number | undefined
}

/** Options of `ServingInstance`. */
export interface ServingInstanceOptions {
  /**
   * Options of the application, as for `SluiceStreams`. Default of `bootstrapWaitMs`: `serving.modelWaitMs`; of `advertise`: the address on
   * which REST listens. `threads` above 0 also needs `module`.
   */
  readonly streams: StreamsOptions
  /** Topics, records and models. Default of `stateDir`: that of `streams`. */
  readonly serving: ModelServingOptions
  /** Options of REST; default: 127.0.0.1, port 8888, without a token. */
  readonly rest?: ServingRestOptions | undefined
  /**
   * For worker threads: the module that builds the same topology in each thread, by `servingTopology(servingOptions(…))`. Options that are
   * functions or class instances (a reader, a factory) cannot be sent to a thread, so the module must create them.
   */
  readonly module?: TopologyModule | undefined
  /** Receives the log lines of REST, of the address check and of stopping; default: discarded. The streams report to `streams.listener`. */
  readonly log?: RestLog | undefined
}
