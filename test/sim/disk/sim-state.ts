import { StateDirectory, type TypedStoreBuilder, type KeyValueStore, type RowStorage, type StoreBuilder } from '../../../stores/index.ts'
import { TypedStore } from '../../../stores/key-value-store.ts'
import { BufferedStore, LevelRows, MemoryRows, TransactionBuffer } from '../../../stores/rows/index.ts'
import type { TypedStoreOptions } from '../../../stores/store-options.ts'
import type { SimDisk } from './sim-disk.ts'
import { SimRows } from './sim-rows.ts'

/** A key-value store as `keyValueStore` makes it, with its rows on the disk of the instance instead of in LevelDB. */
export function simStore<K, V>(options: TypedStoreOptions<K, V>, disk: SimDisk): TypedStoreBuilder<KeyValueStore<K, V>> & StoreBuilder {
  return {
    name: options.name,
    logged: true,
    open(directory) {
      const buffer = new TransactionBuffer(directory === undefined ? new MemoryRows() : new SimRows(disk, directory))
      return Promise.resolve(new BufferedStore<KeyValueStore<K, V>>(new TypedStore(buffer, options), buffer))
    },
  }
}

/** The parts of a state directory that an instance uses. */
type Directory = Pick<
  StateDirectory,
  'path' | 'instanceId' | 'get' | 'put' | 'close' | 'storeDirectory' | 'newCopies' | 'tasks' | 'lastTouched' | 'remove'
>

/** Lets state directories, and the rows in them, be on simulated disks, found by the directories' names, until the returned function is called. */
export function useSimDisks(diskOf: (root: string) => SimDisk, uuid: () => string): () => void {
  const before = [StateDirectory, LevelRows].map(of => [of, Object.getOwnPropertyDescriptor(of, 'open') as PropertyDescriptor] as const)
  StateDirectory.open = root => Promise.resolve(directoryOn(root, diskOf(root), uuid) as unknown as StateDirectory)
  LevelRows.open = path => Promise.resolve(new SimRows(diskOf(path.split('/')[0] as string), path) as RowStorage as LevelRows)
  return () => {
    for (const [of, open] of before) Object.defineProperty(of, 'open', open)
  }
}

function directoryOn(root: string, disk: SimDisk, uuid: () => string): Directory {
  const instanceId = disk.facts.get('instanceId') ?? uuid()
  disk.facts.set('instanceId', instanceId)
  const taskOf = (path: string): string => path.split('/')[1] ?? ''
  return {
    path: root,
    instanceId,
    get: fact => disk.facts.get(fact),
    put: async (fact, value) => void disk.facts.set(fact, value),
    close: () => Promise.resolve(),
    storeDirectory: (task, store) => `${root}/${task}/${store}`,
    newCopies: () => `${root}/copies/${uuid()}`,
    tasks: () => [...new Set([...disk.stores.keys()].map(taskOf))].sort(),
    lastTouched: () => undefined,
    remove: () => Promise.resolve(false),
  }
}
