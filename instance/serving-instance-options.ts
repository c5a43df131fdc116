import type { RestLog, RestServerOptions } from '../rest/index.ts'
import type { ModelServingOptions } from '../serving/index.ts'
import type { StreamsOptions, TopologyModule } from '../topology/runtime/index.ts'

/** How the instance's REST answers: see `startRestServer`. What the instance knows for itself is left out. */
export type ServingRestOptions = Omit<RestServerOptions, 'streams' | 'models' | 'port' | 'log'> & {
  /** Default 8888; 0: any free one. */
  readonly port?: number | undefined
}

/** What an instance of model serving is made of. */
export interface ServingInstanceOptions {
  /**
   * The application, as for `SluiceStreams`. `bootstrapWaitMs` follows `serving.modelWaitMs`; `advertise` is where REST listens, unless
   * given. With `threads` more than 0 give `module` too.
   */
  readonly streams: StreamsOptions
  /** The topics, the records and the models. `stateDir` is that of the streams, unless given. */
  readonly serving: ModelServingOptions
  /** Default: 127.0.0.1, port 8888, without a token. */
  readonly rest?: ServingRestOptions | undefined
  /**
   * For worker threads: the module that builds the same topology in each of them, by `servingTopology(servingOptions(…))`. Options that
   * are functions or objects of a class (a reader, a factory) do not reach a thread: the module makes them.
   */
  readonly module?: TopologyModule | undefined
  /** Of REST, of the address that the instance advertises, and of how it ends; default: nowhere. The streams tell their `listener`. */
  readonly log?: RestLog | undefined
}
