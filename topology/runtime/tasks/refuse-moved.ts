import { SluiceError } from '../../../base/index.ts'

/** For transactions that are named by task. `moved`: see `movedSubTopologies`. Throws CONFIG_INVALID if there are any. */
export function refuseMoved(moved: readonly string[]): void {
  if (moved.length === 0) return
  throw new SluiceError(
    'CONFIG_INVALID',
    `the members of the running version have inputs or changelogs under other ids of sub-topologies than this version: ${moved.join('; ')}. ` +
      'These brokers lack transaction.version 2, so that transactions are named by task, and what a task of another name left open could not be ended. ' +
      'Keep the ids: add new sources behind the existing ones. Or stop all members of the old version first, or set the feature transaction.version to 2',
  )
}
