/** The main module of a model's process: loads models on request, one at a time, and scores with the last one that it kept. */
import './close-inherited.ts'
import { readFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { messageOf, SluiceError } from '../../base/index.ts'
import { checkFormat, type FormatLoader } from '../format-loader.ts'
import type { Model, ModelFormat, ModelSource } from '../model.ts'
import { Frames } from './frames.ts'
import { framesFile, type GuardAnswer, type GuardRequest, type LoadAnswer, type LoadOrder, type ReadyMessage } from './guard-messages.ts'
import { endWithParent } from './parent-watch.ts'
import { BatchReader, type PlainBatch } from './plain-batch.ts'
import { plainScores } from './plain-scores.ts'
import { processForm } from './score-forms.ts'
import { tryModel } from './trial.ts'

let kept: Model | undefined
const batches = new BatchReader()

async function load(order: LoadOrder & { readonly keep: boolean }): Promise<LoadAnswer> {
  const { output, specs, golden, light } = order
  const bytes = order.path === undefined ? await fromInput(order.size) : await readFile(order.path)
  const [found, loader] = await loaderFor(bytes, order)
  const { model, compiled, heavy, runMs } = await tryModel({
    loader,
    source: { bytes, format: found, output, file: fileOf(order) },
    specs,
    golden,
    light,
    tried: order.tried,
  })
  const { inputs, outputs, oneByOne } = model
  await kept?.dispose()
  kept = heavy || order.keep ? model : undefined
  if (kept === undefined) await model.dispose()
  // The bytes of a large model are as large as the model itself: they can be freed once this function has returned.
  else setImmediate(() => globalThis.gc?.())
  const facts = { format: model.format, inputs, outputs, oneByOne, runMs }
  return { ...facts, kept: kept !== undefined, compiled: kept === undefined ? compiled : undefined }
}

function fileOf({ path, hash }: LoadOrder): ModelSource['file'] {
  return path === undefined ? undefined : { path, hash }
}

/** Imports only as many loaders as it takes to recognize the format, the one that the descriptor names first. */
async function loaderFor(bytes: Uint8Array, { loaders, supported, format }: LoadOrder): Promise<readonly [ModelFormat, FormatLoader]> {
  const named = loaders.filter(([name]) => name === format)
  for (const [name, module] of [...named, ...loaders]) {
    const { formatLoader } = (await import(module)) as { readonly formatLoader: FormatLoader }
    if (formatLoader.alone !== undefined ? name === format : formatLoader.detect(bytes))
      return [checkFormat(name, format, supported), formatLoader]
  }
  throw new RangeError(checkFormat(undefined, format, supported))
}

async function fromInput(size: number): Promise<Buffer> {
  const whole = Buffer.allocUnsafeSlow(size)
  for (let at = 0; at < size;) {
    const chunk = process.stdin.read(Math.min(size - at, process.stdin.readableLength || 1)) as Buffer | null
    if (chunk === null) {
      await new Promise(resolve => process.stdin.once('readable', resolve))
      continue
    }
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

async function answer(request: GuardRequest): Promise<GuardAnswer> {
  try {
    if (request.kind === 'load') return { kind: 'loaded', answer: await load(request) }
    if (kept === undefined) throw new SluiceError('MODEL_FAILED', 'no model is loaded')
    return { kind: 'scores', scores: plainScores(await kept.score(batches.read(request.batch))) }
  } catch (error) {
    return { kind: 'failed', code: error instanceof SluiceError ? error.code : 'MODEL_LOAD_FAILED', message: messageOf(error) }
  }
}

process.on('message', request => {
  void answer(request as GuardRequest).then(given => process.send?.(given))
})
const frames: Frames<GuardAnswer, PlainBatch> = new Frames({
  stream: new Socket({ fd: framesFile }),
  form: processForm(),
  mostBytes: Infinity,
  onMessage: (batch, call) => void answer({ kind: 'score', batch }).then(given => frames.send(given, call)),
  onBroken: () => process.exit(1),
})
// This process ends with its parent, also in the middle of a model. Signals that a terminal sends to the whole group are handled by the parent.
endWithParent()
process.on('disconnect', () => process.exit())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
const ready: ReadyMessage = { kind: 'ready', pid: process.pid }
process.send?.(ready)
