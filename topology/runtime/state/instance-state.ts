import { StateDirectory } from '../../../stores/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { StreamsConfig } from '../config/index.ts'
import type { InstanceMetrics } from '../metrics/index.ts'
import { StateCleaner } from './state-cleaner.ts'

type Config = Pick<StreamsConfig, 'stateDir' | 'applicationId' | 'stateCleanupDelayMs' | 'listener'>

/** What an instance keeps on its disk, if anything: locked from `open` to `close`. */
export class InstanceState {
  /** undefined: stores are in memory. */
  readonly directory: StateDirectory | undefined
  readonly #config: Config
  readonly #recorded: InstanceMetrics
  #cleaner: StateCleaner | undefined

  private constructor(directory: StateDirectory | undefined, config: Config, recorded: InstanceMetrics) {
    this.directory = directory
    this.#config = config
    this.#recorded = recorded
  }

  /** Throws as `StateDirectory.open`. */
  static async open(config: Config, recorded: InstanceMetrics): Promise<InstanceState> {
    const { stateDir, applicationId, listener } = config
    if (stateDir === undefined) return new InstanceState(undefined, config, recorded)
    const onNewInstance = (reason: string): void => {
      recorded.newInstance()
      listener.log?.('warn', 'the identity file of this instance is unusable: it gets a new id', { reason })
    }
    return new InstanceState(await StateDirectory.open(stateDir, applicationId, onNewInstance), config, recorded)
  }

  /** Removes from now on what tasks that moved away have left; see `StateCleaner`. `tasks`: those of the instance; undefined while they change. */
  startCleaning(tasks: () => readonly TaskId[] | undefined): void {
    if (this.directory === undefined) return
    this.#cleaner = new StateCleaner({
      directory: this.directory,
      delayMs: this.#config.stateCleanupDelayMs,
      tasks,
      onRemoved: () => this.#recorded.stateRemoved(),
      log: this.#config.listener.log,
    })
    this.#cleaner.start()
  }

  /** Resolves when nothing is being removed any more. */
  async stopCleaning(): Promise<void> {
    await this.#cleaner?.stop()
  }

  /** Releases the lock. */
  async close(): Promise<void> {
    await this.stopCleaning()
    await this.directory?.close()
  }
}
