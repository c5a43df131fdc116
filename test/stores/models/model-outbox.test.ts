import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../../proto/messages.js'
import { modelStateStore, type NewModel, UndoJournal } from '../../../stores/index.ts'

const outbox = suite('events that are not told yet')

const model: Omit<NewModel, 'bytes'> = {
  name: 'm',
  description: '',
  modeltype: sluice.ModelDescriptor.ModelType.ONNX,
  output: '',
  since: 1000,
  partition: 0,
  offset: 0,
}

outbox('taken again, because what took them was undone: they come in their order', async () => {
  const journal = new UndoJournal()
  const managed = await modelStateStore({ name: 'models' }).open(undefined)
  managed.bind({ journal })
  const { store } = managed
  for (const dataType of ['wine', 'beer']) store.addVersion(dataType, { ...model, bytes: Buffer.from(dataType) })
  const note = (dataType: string): void => store.note(dataType, sequence => Buffer.from(`${dataType} ${sequence}`))
  for (const dataType of ['wine', 'beer', 'wine', 'wine', 'beer']) note(dataType)
  for (let times = 0; times < 2; times++) {
    journal.begin()
    note('wine')
    assert.equal(
      store.outbox.take().map(({ value }) => String(value)),
      ['wine 1', 'beer 1', 'wine 2', 'wine 3', 'beer 2', 'wine 4'],
    )
    assert.ok(store.outbox.isEmpty)
    journal.undoTo(0)
    journal.end()
  }
  await managed.close()
})

outbox.run()
