import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { env, messageOf, SluiceError } from '../base/index.ts'
import type { OnCorrupt } from './state-store.ts'
import { lastTouched, removeUnused } from './removed-directory.ts'
import { isCorrupt, levelError, openLevel, type Database } from './rows/index.ts'

const INSTANCE_ID = 'instanceId'

/** The directories in which the tasks of an instance keep their state. Takes no lock: only for the threads of the directory's owner. */
export class TaskDirectories {
  /** The absolute path <root>/<applicationId>. */
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** The directory of a task's store, which the store creates when it opens. */
  storeDirectory(taskId: string, store: string): string {
    return join(this.#tasks, checkedName('task', taskId), checkedName('store', store))
  }

  /** The ids of the tasks that have a directory here, in order. */
  tasks(): readonly string[] {
    try {
      const entries = readdirSync(this.#tasks, { withFileTypes: true })
      const names = entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
      return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
      throw new SluiceError('STORE_FAILED', `${this.#tasks} cannot be read: ${messageOf(error)}`, { cause: error })
    }
  }

  /** When anything of a task's state was written last, epoch ms by the clock of the disk; undefined if it has no directory. */
  lastTouched(taskId: string): number | undefined {
    return lastTouched(join(this.#tasks, checkedName('task', taskId)))
  }

  /** Removes a task's state, unless one of its stores is open; returns whether it did. Throws STORE_FAILED, or what the system says. */
  remove(taskId: string): Promise<boolean> {
    return removeUnused(join(this.#tasks, checkedName('task', taskId)), this.removed)
  }

  /** A new directory for the global stores of one thread. Whoever follows the changelogs removes it; the next start removes what a crash left. */
  newCopies(): string {
    return join(this.copies, env.uuid())
  }

  protected get copies(): string {
    return join(this.path, 'copies')
  }

  /** Where directories lie while they are being removed. */
  protected get removed(): string {
    return join(this.path, 'removed')
  }

  get #tasks(): string {
    return join(this.path, 'tasks')
  }
}

/**
 * The directory of one instance of an application:
 *   <root>/<applicationId>/instance/               small durable facts; a LevelDB, whose lock is the directory's lock
 *   <root>/<applicationId>/tasks/<task>/<store>/   the directory of each store
 *   <root>/<applicationId>/copies/                 the rows of global stores, which are read anew after each start
 *   <root>/<applicationId>/removed/                what is being removed
 * Only the user that runs the instance may enter it. The lock is the operating system's: it is released by `close` and however the process ends.
 */
export class StateDirectory extends TaskDirectories {
  /** A UUID that stays the same over restarts. */
  readonly instanceId: string
  readonly #facts: Database

  private constructor(path: string, facts: Database, instanceId: string) {
    super(path)
    this.#facts = facts
    this.instanceId = instanceId
  }

  /**
   * Opens the directory, or creates it. Throws SluiceError STATE_DIRECTORY_LOCKED when another instance has it open, CONFIG_INVALID when it
   * cannot be created. Damaged facts are wiped, which gives a new instance id, and `onCorrupt` is called; the tasks' stores stay.
   */
  static async open(root: string, applicationId: string, onCorrupt?: OnCorrupt): Promise<StateDirectory> {
    const path = resolve(root, checkedName('applicationId', applicationId))
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 })
      closeToOthers(path)
    } catch (error) {
      throw new SluiceError('CONFIG_INVALID', `stateDir ${root} cannot be used: ${messageOf(error)}`, { cause: error })
    }
    const facts = await openFacts(path, onCorrupt)
    const known = facts.getSync(Buffer.from(INSTANCE_ID))?.toString()
    const instanceId = known ?? env.uuid()
    if (known === undefined) await facts.put(Buffer.from(INSTANCE_ID), Buffer.from(instanceId), { sync: true })
    const directory = new StateDirectory(path, facts, instanceId)
    // Left by a crash; nothing is lost if it stays until the next start.
    for (const left of [directory.removed, directory.copies]) await rm(left, { recursive: true, force: true }).catch(() => undefined)
    return directory
  }

  /** A fact that this instance has put, now or before a restart. */
  get(fact: string): string | undefined {
    try {
      return this.#facts.getSync(Buffer.from(fact))?.toString()
    } catch (error) {
      throw levelError(error, this.path)
    }
  }

  /** Stores a fact. When it resolves, the fact survives a power failure. */
  async put(fact: string, value: string): Promise<void> {
    try {
      await this.#facts.put(Buffer.from(fact), Buffer.from(value), { sync: true })
    } catch (error) {
      throw levelError(error, this.path)
    }
  }

  /** Releases the lock. */
  async close(): Promise<void> {
    await this.#facts.close()
  }
}

/** State may hold what other users of the machine must not read. A directory of another owner keeps its rights: they were given on purpose. */
function closeToOthers(path: string): void {
  const { uid, mode } = statSync(path)
  if ((mode & 0o077) !== 0 && uid === process.geteuid?.()) chmodSync(path, 0o700)
}

async function openFacts(path: string, onCorrupt: OnCorrupt | undefined): Promise<Database> {
  const directory = join(path, 'instance')
  try {
    return await openLevel(directory, true)
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'STATE_DIRECTORY_LOCKED') {
      throw new SluiceError(
        'STATE_DIRECTORY_LOCKED',
        `state directory ${path} is in use by another instance: stop it or choose another stateDir`,
        {
          cause: error,
        },
      )
    }
    if (!isCorrupt(error)) throw error
    // All facts can be determined again: the instance becomes a new one.
    await rm(directory, { recursive: true, force: true })
    const facts = await openLevel(directory, true)
    onCorrupt?.(error.message, 'unreadable')
    return facts
  }
}

/** Returns the name, which becomes a directory's name. Throws for a name that could leave the parent directory. */
function checkedName(what: string, name: string): string {
  if (/^[A-Za-z0-9._-]{1,200}$/.test(name) && name !== '.' && name !== '..') return name
  throw new SluiceError('CONFIG_INVALID', `${what} "${name}": only letters, digits, '.', '_' and '-' are allowed, at most 200`)
}
