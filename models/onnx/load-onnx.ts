import { messageOf, SluiceError } from '../../base/index.ts'
import type { Model, ModelSource } from '../model.ts'
import { findAxes } from './axes-trial.ts'
import type { CompiledOnnx } from './compiled-onnx.ts'
import { graphModel, mendOutputs, shapelessInputs, withPlainLocale, hasOddTypes, withPlainTypes } from './proto/index.ts'
import { onnxBytes } from './onnx-bytes.ts'
import { OnnxModel } from './onnx-model.ts'
import { readableOutputs } from './onnx-outputs.ts'
import { type OnnxSession, type TensorInfo, openSession } from './onnx-session.ts'
import { planRecords } from './flow/index.ts'

/**
 * The largest model, bytes, whose runs have at least two rows. ONNX Runtime uses other kernels for a single row, and their results may differ in
 * the last bits. A small model gets a single row twice, which costs almost nothing, so that a score does not depend on the batch.
 */
const smallModel = 1024 * 1024

/** Loads an ONNX model; throws SluiceError MODEL_LOAD_FAILED. */
export async function loadOnnxModel(source: ModelSource, open: OpenSession = openSession): Promise<Model> {
  return constructOnnx(await compileOnnx(source), undefined, open)
}

/** Converts the bytes to a form that ONNX Runtime can open. Throws SluiceError MODEL_LOAD_FAILED. */
export async function compileOnnx(source: ModelSource): Promise<CompiledOnnx> {
  const given = await onnxBytes(source)
  const outline = graphModel(given)
  const bytes = outline !== undefined && hasOddTypes(outline) ? withPlainTypes(given) : given
  const mended = mendOutputs(bytes)
  return { ...mended, output: source.output, leastRun: leastRunOf(bytes), plan: planRecords(mended.bytes, true) }
}

/** The smallest number of records in a run. */
export function leastRunOf(bytes: Uint8Array): number {
  return bytes.length <= smallModel ? 2 : 1
}

/**
 * Opens a compiled model. `oneByOne`: why its records must be scored one by one, if a trial found that out. Throws SluiceError
 * MODEL_LOAD_FAILED with ONNX Runtime's message.
 */
export async function constructOnnx(compiled: CompiledOnnx, oneByOne?: string, open: OpenSession = openSession): Promise<Model> {
  const session = await openAnywhere(compiled.bytes, open)
  try {
    const { bytes, format = 'ONNX', plan } = compiled
    const infos = format === 'ONNX' ? shapedInputs(session.inputs, bytes) : session.inputs
    const outputs = readableOutputs(session.outputs)
    if (outputs.length === 0) throw noReadableOutput(session)
    const axes = await findAxes(session, { infos, outputs: outputs.map(({ name }) => name), plan })
    return new OnnxModel({ session, infos, outputs, axes }, { ...compiled, plan: { ...plan, mixes: plan.mixes ?? oneByOne } })
  } catch (error) {
    await session.release()
    throw error
  }
}

type OpenSession = (bytes: Uint8Array) => Promise<OnnxSession>

/** Opens a model. If it changes the case of text and the system lacks the en_US locale, ONNX Runtime's default, the plain locale is used. */
async function openAnywhere(bytes: Uint8Array, open: OpenSession): Promise<OnnxSession> {
  try {
    return await open(bytes)
  } catch (error) {
    const plain = messageOf(error).includes('Failed to construct locale') ? withPlainLocale(bytes) : undefined
    if (plain === undefined) throw error
    return open(plain)
  }
}

/** Replaces undeclared input shapes by a guess: rows of any width for a single input, otherwise one value for each record. */
function shapedInputs(inputs: readonly TensorInfo[], bytes: Uint8Array): readonly TensorInfo[] {
  if (inputs.every(({ shape }) => shape.length > 0)) return inputs
  const shapeless = shapelessInputs(bytes)
  const shape = inputs.length === 1 ? [undefined, undefined] : [undefined, 1]
  return inputs.map(info => (shapeless.has(info.name) ? { ...info, shape } : info))
}

function noReadableOutput({ outputs }: OnnxSession): SluiceError {
  const found = outputs.map(({ name, kind }) => `${name} is ${kind}`).join(', ')
  return new SluiceError(
    'MODEL_LOAD_FAILED',
    `none of the model's outputs can be read: ${found || 'it has none'}. Scores are tensors of numbers or text: export the model with such an output ` +
      '(scikit-learn: zipmap=False; else end the graph with Cast to float, or take the values out of the list or map)',
  )
}
