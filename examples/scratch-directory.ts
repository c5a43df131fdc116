import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory for the time of a run. */
export interface ScratchDirectory {
  readonly path: string
  remove(): Promise<void>
}

/** A directory whose name begins with this. It is removed when the process exits, at the latest: after Ctrl-C nobody waits for the end of a run. */
export async function scratchDirectory(name: string): Promise<ScratchDirectory> {
  const path = await mkdtemp(join(tmpdir(), name))
  const removal = { recursive: true, force: true, maxRetries: 5 } as const
  const atExit = (): void => rmSync(path, removal)
  process.once('exit', atExit)
  return {
    path,
    remove: async () => {
      await rm(path, removal)
      process.off('exit', atExit)
    },
  }
}
