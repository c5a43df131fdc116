import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { packFiles } from '../../models/files/index.ts'
import { sluice } from '../../proto/messages.js'
import { hostileModels, trigger } from './hostile-models.ts'
import { again, type Attack, type Attacks, descriptor, megabyte, post, sending, type Target, wineOf } from './attack.ts'

const { ONNX, PMML } = sluice.ModelDescriptor.ModelType

/** The sum of no fields; a record with the trigger as its alcohol meets an expression that tries every way to divide a text. */
const backtrackingPmml = Buffer.from(`<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/>
  <DataDictionary><DataField name="alcohol" optype="continuous" dataType="double"/><DataField name="y" optype="continuous" dataType="double"/></DataDictionary>
  <RegressionModel functionName="regression">
    <MiningSchema><MiningField name="alcohol"/><MiningField name="y" usageType="target"/></MiningSchema>
    <LocalTransformations><DerivedField name="z" optype="continuous" dataType="double">
      <Apply function="if"><Apply function="equal"><FieldRef field="alcohol"/><Constant dataType="double">${trigger}</Constant></Apply>
        <Apply function="if"><Apply function="matches"><Constant dataType="string">${'a'.repeat(2000)}!</Constant><Constant dataType="string">(a|a)*b</Constant></Apply>
          <Constant dataType="double">1</Constant><Constant dataType="double">2</Constant></Apply>
        <FieldRef field="alcohol"/></Apply></DerivedField></LocalTransformations>
    <RegressionTable intercept="0"><NumericPredictor name="z" coefficient="1"/></RegressionTable>
  </RegressionModel></PMML>`)

/** Publishes the model again and again, so that none of its versions stays quarantined, and sends records on which it does harm among others. */
function harmful(data: Uint8Array, modeltype: sluice.ModelDescriptor.ModelType = ONNX): Attack {
  return (target, signal) =>
    sending(target, async send => {
      const { topics, freshType: dataType } = target
      let round = 0
      await again(signal, 500, async () => {
        if (round++ % 4 === 0)
          await send(topics.models, [descriptor({ name: 'x', dataType, data, modeltype, description: `${round}` })], dataType)
        await send(
          topics.data,
          [1, trigger, 2, trigger].map(alcohol => wineOf(dataType, alcohol)),
          dataType,
        )
      })
    })
}

/** The same by requests. */
function harmfulRequests(data: Uint8Array): Attack {
  return (target, signal) =>
    sending(target, async send => {
      const { topics, freshType: dataType, port } = target
      const inputs = [{ name: 'alcohol', datatype: 'FP64', shape: [1], data: [trigger] }]
      let round = 0
      await again(signal, 50, async () => {
        if (round++ % 40 === 0) await send(topics.models, [descriptor({ name: 'x', dataType, data, description: `${round}` })], dataType)
        await post(port, `/v2/models/${dataType}/infer`, Buffer.from(JSON.stringify({ inputs })))
      })
    })
}

/** Publishes a model under one data type after the other, each different from the others. */
function publishing(target: Target, signal: AbortSignal, { everyMs = 50, most = Infinity, types = 1 }, model: (round: number) => object) {
  return sending(target, async send => {
    let round = 0
    await again(signal, everyMs, async () => {
      if (round >= most) return
      const dataType = `${target.freshType}-${round % types}`
      await send(target.topics.models, [descriptor({ name: `${round}`, dataType, description: `${round}`, ...model(round) })], dataType)
      round++
    })
  })
}

async function archiveOfZeros(): Promise<Uint8Array> {
  const zeros = Buffer.alloc(200 * megabyte)
  return gzipSync(await packFiles({ names: ['model.onnx'], read: () => Promise.resolve(zeros) }))
}

/** By models: what they do when they score, and what they do to trials, uploads and downloads. */
export const modelAttacks: Attacks = {
  'a model that a record kills (INT_MIN / -1)': harmful(hostileModels.trapping),
  'a model that a record hangs (Loop)': harmful(hostileModels.hanging),
  'a model whose output grows with a record': harmful(hostileModels.growing),
  'a model whose expression backtracks on a record': harmful(backtrackingPmml, PMML),
  'requests that kill a model': harmfulRequests(hostileModels.trapping),
  'requests that hang a model': harmfulRequests(hostileModels.hanging),
  'models with a description of 0.9 MB': (target, signal) =>
    publishing(target, signal, { everyMs: 100 }, () => ({ data: target.model, description: 'x'.repeat(900_000) })),
  '100 endless models of one type': (target, signal) =>
    publishing(target, signal, { everyMs: 10, most: 100 }, () => ({ data: hostileModels.endless })),
  'endless models of 100 types': (target, signal) =>
    publishing(target, signal, { everyMs: 10, most: 100, types: 100 }, () => ({ data: hostileModels.endless })),
  'data of types whose first models are being tried': (target, signal) =>
    sending(target, async send => {
      let type = 0
      await again(signal, 200, async () => {
        const dataType = `${target.freshType}-${type++}`
        await send(target.topics.models, [descriptor({ name: 'x', dataType, location: target.slowModelUrl })], dataType)
        await send(target.topics.data, [wineOf(dataType)])
      })
    }),
  'models that claim 64 MB of pieces': (target, signal) =>
    sending(target, async send => {
      const [data, size] = [Buffer.alloc(megabyte / 2), 64 * megabyte]
      let round = 0
      await again(signal, 100, () => {
        const sha256 = createHash('sha256').update(`${round++}`).digest()
        const piece = { sha256, index: 0, count: size / data.length, size }
        return send(target.topics.models, [sluice.ModelDescriptor.encode({ dataType: target.dataType, data, piece }).finish()])
      })
    }),
  'archives of 200 MB of zeros': async (target, signal) => {
    const data = await archiveOfZeros()
    await publishing(target, signal, { everyMs: 200, types: 10 }, () => ({ data }))
  },
  'models from a server that drips': (target, signal) =>
    publishing(target, signal, { everyMs: 100, types: 20 }, round => ({ location: `${target.dripModelUrl}/${round}` })),
}
