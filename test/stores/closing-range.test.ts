import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../records/serde.ts'
import { SluiceError } from '../../base/sluice-error.ts'
import { keyValueStore } from '../../stores/index.ts'
import { withDirectory } from './temporary-directory.ts'

const test = suite('a store that closes while it is read')

test('reports that the store is closed, not that it is damaged', () =>
  withDirectory(async directory => {
    const managed = await keyValueStore({ name: 'kept', key: stringSerde, value: stringSerde }).open(directory)
    // More than are read at a time.
    for (let at = 0; at < 3000; at++) managed.store.put(`key-${String(at).padStart(5, '0')}`, 'x')
    managed.prepareCommit()
    await managed.postCommit({ changelogOffset: 1 })
    const entries = managed.store.queryAll()[Symbol.asyncIterator]()
    assert.is(((await entries.next()).value as { key: string }).key, 'key-00000')
    await managed.close()
    const rest = async (): Promise<unknown> => {
      for (;;) if ((await entries.next()).done) return 'all were there'
    }
    const error = await rest().catch((thrown: unknown) => thrown)
    assert.instance(error, SluiceError)
    assert.is((error as SluiceError).code, 'STORE_CLOSED')
  }))

test.run()
