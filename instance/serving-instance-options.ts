import {
  checkedOptions,
  completeOptions,
  type ConfigOf,
  functionOf,
  isObject,
  optional,
  mayHaveMore,
  ReadMembers,
  required,
  type ValueKind,
} from '../base/options/index.ts'
import type { RestLog, RestServerOptions } from '../rest/index.ts'
import { restOptionTable } from '../rest/options/index.ts'
import type { ModelServingOptions } from '../serving/index.ts'
import { modelServingTable } from '../serving/options/index.ts'
import { streamsOptionTable } from '../topology/runtime/config/index.ts'
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

/** Options that are checked where they go: a plain copy of them. An instance of a class has no other members than `names`. */
function within<T>(what: string, names: readonly string[]): ValueKind<T> {
  const copy = (value: unknown): unknown => {
    if (!isObject(value)) return value
    const members = new ReadMembers(value)
    return Object.fromEntries((mayHaveMore(value) ? names : members.names).map(name => [name, members.get(name)]))
  }
  return { type: 'object', allowed: `an object of options of ${what}`, copy, accepts: (value): value is T => isObject(value) }
}

/** The options of REST that a program may give: the others are the instance's own. */
const { streams: _streams, models: _models, log: _log, ...ownRestTable } = restOptionTable

/** What is within them is checked where it goes. */
const instanceOptions = {
  streams: required(within<StreamsOptions>('SluiceStreams', Object.keys(streamsOptionTable)), 'options of the application'),
  serving: required(within<ModelServingOptions>('model serving', Object.keys(modelServingTable)), 'topics, records and models'),
  rest: optional(within<ServingRestOptions>('startRestServer', Object.keys(ownRestTable)), 'options of REST'),
  module: optional(
    within<TopologyModule>('the topology module', ['module', 'options']),
    'module that builds the topology in worker threads',
  ),
  log: optional(functionOf<RestLog>('RestLog'), 'where log lines go'),
} as const satisfies Readonly<Record<keyof ServingInstanceOptions, unknown>>

/**
 * A copy of the options. Throws CONFIG_INVALID for an unknown option, a value that is not allowed, or one that is missing; `streams`, `serving` and
 * `module` are checked only as a whole.
 */
export function instanceOptionsOf(options: unknown): ConfigOf<typeof instanceOptions> {
  const checked = completeOptions(instanceOptions, checkedOptions({ of: 'ServingInstance' }, instanceOptions, options))
  const rest = checkedOptions({ of: 'startRestServer' }, ownRestTable, { port: 0, ...withoutUndefined(checked.rest ?? {}) })
  return { ...checked, ...(checked.rest && { rest: { ...(rest as object), port: checked.rest.port } }) }
}

function withoutUndefined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
