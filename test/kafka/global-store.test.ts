import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import { stringSerde } from '../../records/serde.ts'
import { keyValueStore, modelStateStore, StateDirectory, type KeyValueStore, type ModelStateStore } from '../../stores/index.ts'
import { GlobalStore } from '../../topology/runtime/state/global-store.ts'
import type { WriterRecord } from '../../topology/runtime/topics/topic-writer.ts'
import { withDirectory } from '../stores/temporary-directory.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const { ModelType } = sluice.ModelDescriptor

const brokers = process.env['KAFKA_BROKERS']
const globalStores = suite<{ fixture: KafkaFixture }>('GlobalStore')

globalStores.before.each(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  await context.fixture.createTopics({ changelog: { partitions: 2, compact: true }, inputs: { partitions: 2 } })
})
globalStores.after.each(({ fixture }) => fixture.close())

const row = (partition: number, key: string, value: string | null): WriterRecord => ({
  partition,
  key: Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
})

async function withGlobalStore(
  fixture: KafkaFixture,
  use: (globalStore: GlobalStore, store: KeyValueStore<string, string>, failures: unknown[]) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  const globalStore = await GlobalStore.open({
    kafka: fixture.kafka,
    builder: keyValueStore({ name: 'words', key: stringSerde, value: stringSerde }),
    changelog: fixture.topic('changelog'),
    groupId: fixture.id,
    inputs: [fixture.topic('inputs')],
    onFailure: error => failures.push(error),
    onRetry: error => failures.push(error),
    log: undefined,
  })
  try {
    await use(globalStore, globalStore.store as KeyValueStore<string, string>, failures)
    assert.equal(failures, [])
  } finally {
    await globalStore.close()
  }
}

globalStores('has and follows all partitions, and keeps a key as long as one partition has it', async ({ fixture }) => {
  await fixture.produce('changelog', [row(0, 'shared', 'x'), row(1, 'shared', 'x'), row(0, 'a', '1'), row(0, 'a', '2'), row(1, 'b', '3')])
  await withGlobalStore(fixture, async (globalStore, store) => {
    await globalStore.caughtUp()
    assert.equal(
      ['shared', 'a', 'b'].map(key => store.get(key)),
      ['x', '2', '3'],
    )
    await fixture.produce('changelog', [row(0, 'shared', null), row(0, 'a', null)])
    await globalStore.caughtUp()
    assert.equal(
      ['shared', 'a', 'b'].map(key => store.get(key)),
      ['x', undefined, '3'],
    )
    await fixture.produce('changelog', [row(1, 'shared', null)])
    assert.is(
      await eventually(
        () => store.get('shared'),
        value => value === undefined,
      ),
      undefined,
    )
  })
})

globalStores('has caught up only when the group has read the existing records of its inputs', async ({ fixture }) => {
  await fixture.produce('inputs', [row(0, 'k', 'one'), row(0, 'k', 'two')])
  await fixture.produce('changelog', [row(0, 'k', 'one')])
  await withGlobalStore(fixture, async (globalStore, store) => {
    let caughtUp = false
    const waiting = globalStore.caughtUp().then(() => (caughtUp = true))
    await eventually(
      () => store.get('k'),
      value => value === 'one',
    )
    const commit = (offset: string): Promise<void> => fixture.commitOffsets('inputs', [{ partition: 0, offset, metadata: '' }])
    await commit('1')
    await fixture.produce('changelog', [row(0, 'k', 'two')])
    await eventually(
      () => store.get('k'),
      value => value === 'two',
    )
    assert.not(caughtUp, 'the second input is not committed yet')
    await commit('2')
    await waiting
    assert.is(store.get('k'), 'two')
  })
})

globalStores('can be closed while it waits', async ({ fixture }) => {
  await fixture.produce('inputs', [row(0, 'k', 'one')])
  await withGlobalStore(fixture, async globalStore => {
    void globalStore.caughtUp()
    await eventually(
      () => fixture.readAll('inputs'),
      records => records.length > 0,
    )
  })
})

const versions = 16
const modelBytes = 4 * 1024 * 1024

/** The bytes of buffers that are in use. */
async function heldBytes(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  await setImmediate()
  collect()
  return process.memoryUsage().arrayBuffers
}

/** Opens one copy of a store of models, and tells what it holds in memory, once that is as expected. */
async function copyOf(
  fixture: KafkaFixture,
  directory: string | undefined,
  enough: (bytes: number) => boolean,
): Promise<{ readonly copy: GlobalStore; readonly store: ModelStateStore; readonly bytes: number }> {
  const before = await heldBytes()
  const copy = await GlobalStore.open({
    kafka: fixture.kafka,
    builder: modelStateStore({ name: 'models' }),
    directory,
    changelog: fixture.topic('changelog'),
    groupId: fixture.id,
    inputs: [],
    onFailure: error => assert.unreachable(String(error)),
    onRetry: error => assert.unreachable(String(error)),
    log: undefined,
  })
  await copy.caughtUp()
  // What the last fetch brought is held until the next one has been answered.
  const bytes = await eventually(async () => (await heldBytes()) - before, enough)
  return { copy, store: copy.store as ModelStateStore, bytes }
}

globalStores('models that are not current are not in memory, where there is a directory', async ({ fixture }) => {
  const source = await modelStateStore({ name: 'models', maxVersions: versions }).open(undefined)
  for (let offset = 0; offset < versions; offset++) {
    const facts = { name: 'm', description: '', modeltype: ModelType.ONNX, output: '', since: offset, partition: 0, offset }
    source.store.addVersion('wine', { ...facts, bytes: randomBytes(modelBytes) })
    await fixture.produce('changelog', source.prepareCommit().map(({ key, value }) => ({ partition: 0, key, value })) as WriterRecord[])
    await source.postCommit({ changelogOffset: offset })
  }
  await source.close()
  const inMemory = await copyOf(fixture, undefined, bytes => bytes > versions * modelBytes * 0.9)
  await inMemory.copy.close()
  assert.ok(inMemory.bytes > versions * modelBytes * 0.9, `${inMemory.bytes} bytes`)
  await withDirectory(async root => {
    const directories = await StateDirectory.open(root, 'app')
    const directory = join(directories.newCopies(), 'models')
    const { copy, store, bytes } = await copyOf(fixture, directory, held => held < 2 * modelBytes)
    assert.ok(bytes < 2 * modelBytes, `${bytes} bytes are held of ${versions * modelBytes}`)
    const state = store.state('wine')
    assert.is(state?.versions.length, versions)
    for (const { hash } of state?.versions ?? []) assert.is(store.bytesOf(hash)?.length, modelBytes)
    await copy.close()
    assert.equal(readdirSync(join(directories.path, 'copies')), [], 'nothing is left after the end')
    mkdirSync(directory, { recursive: true })
    await directories.close()
    await (await StateDirectory.open(root, 'app')).close()
    assert.not(existsSync(directory), 'what a crash leaves is removed at the next start')
  })
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else globalStores.run()
