import { createRequire } from 'node:module'
// Imported first: the variable must be set before ONNX Runtime is loaded.
import './no-telemetry.ts'
import { InferenceSession, Tensor, env } from 'onnxruntime-node'
import { SluiceError, messageOf } from '../../base/index.ts'

/** A session's description of an input or output. A dynamic dimension is undefined. */
export interface TensorInfo {
  readonly name: string
  /** The element type; undefined if it is not a tensor, or has a type that JavaScript cannot represent. */
  readonly type: string | undefined
  /** What it is, for messages. */
  readonly kind: string
  readonly shape: readonly (number | undefined)[]
  /** Set if the model does not declare the shape and this one is a guess. */
  readonly undeclared?: boolean
}

export type Feeds = Record<string, Tensor>
export type Results = Readonly<Record<string, Tensor>>

/** A native session. Only `release` frees its memory. */
export interface OnnxSession {
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /** Runs the model and returns the named outputs. Throws what ONNX Runtime throws. */
  run(feeds: Feeds, outputs: readonly string[]): Results | Promise<Results>
  release(): Promise<void>
}

// One thread: for models of this size a thread pool for each session costs more than it gains.
const options: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  executionProviders: ['cpu'],
  logSeverityLevel: 4,
}

/** Opens a session. Throws SluiceError MODEL_LOAD_FAILED with ONNX Runtime's message. */
export async function openSession(bytes: Uint8Array): Promise<OnnxSession> {
  // Read when the first session is made; by default warnings go to stderr.
  env.logLevel = 'fatal'
  try {
    return direct === undefined ? publicSession(await InferenceSession.create(bytes, options)) : directSession(direct, bytes)
  } catch (error) {
    throw new SluiceError('MODEL_LOAD_FAILED', `ONNX Runtime cannot load the model: ${oneLine(error)}`, { cause: error })
  }
}

/** ONNX Runtime's message without line breaks and source positions. */
export function oneLine(error: unknown): string {
  return messageOf(error)
    .replace(/\s+/g, ' ')
    .replace(/(?:\/[\w.+-]+)+\.(?:cc|h):\d+ /g, '')
    .trim()
    .slice(0, 500)
}

interface NativeInfo {
  readonly name: string
  readonly isTensor: boolean
  readonly shape: readonly number[]
  readonly type: number
}

interface NativeSession {
  loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: InferenceSession.SessionOptions): void
  readonly inputMetadata: readonly NativeInfo[]
  readonly outputMetadata: readonly NativeInfo[]
  run(feeds: Feeds, fetches: Record<string, null>, options: object): Results
  dispose(): void
}

interface NativeBinding {
  readonly initOrt: () => void
  readonly binding: { readonly InferenceSession: new () => NativeSession }
}

/**
 * The synchronous binding below onnxruntime-node's promises; undefined if this version has none of the expected form. The public `run` calls
 * the same function from a setImmediate, and that turn of the event loop costs as much as scoring one record.
 */
const direct = loadBinding()

function loadBinding(): NativeBinding | undefined {
  try {
    const loaded = createRequire(import.meta.url)('onnxruntime-node/dist/binding.js') as Partial<NativeBinding>
    const methods = loaded.binding?.InferenceSession.prototype as Partial<NativeSession> | undefined
    const usable =
      typeof loaded.initOrt === 'function' && ['loadModel', 'run', 'dispose'].every(name => methods !== undefined && name in methods)
    return usable ? (loaded as NativeBinding) : undefined
  } catch {
    return undefined
  }
}

/** The binding's numbers of the element types. */
const typeNames: readonly (string | undefined)[] = ',float32,uint8,int8,uint16,int16,int32,int64,string,bool,float16,float64,uint32,uint64'
  .split(',')
  .map(name => name || undefined)

function kindOf(isTensor: boolean, type: string | undefined): string {
  return isTensor ? `a tensor of ${type ?? 'an unknown type'}` : 'a list, a map or an optional value'
}

function directSession(native: NativeBinding, bytes: Uint8Array): OnnxSession {
  native.initOrt()
  const session = new native.binding.InferenceSession()
  session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, options)
  const info = ({ name, isTensor, shape, type }: NativeInfo): TensorInfo => ({
    name,
    type: isTensor ? typeNames[type] : undefined,
    kind: kindOf(isTensor, isTensor ? (typeNames[type] ?? `ONNX's type ${type}`) : undefined),
    shape: isTensor ? shape.map(size => (size < 0 ? undefined : size)) : [],
  })
  const fetches = new Map<readonly string[], Record<string, null>>()
  return {
    inputs: session.inputMetadata.map(info),
    outputs: session.outputMetadata.map(info),
    run: (feeds, outputs) => {
      let wanted = fetches.get(outputs)
      if (wanted === undefined) fetches.set(outputs, (wanted = Object.fromEntries(outputs.map(name => [name, null]))))
      return session.run(feeds, wanted, {})
    },
    release: async () => session.dispose(),
  }
}

/** Opens a session through onnxruntime-node's public interface. */
export function publicSession(session: InferenceSession): OnnxSession {
  const info = (metadata: InferenceSession.ValueMetadata): TensorInfo => ({
    name: metadata.name,
    type: metadata.isTensor ? metadata.type : undefined,
    kind: kindOf(metadata.isTensor, metadata.isTensor ? metadata.type : undefined),
    shape: metadata.isTensor ? metadata.shape.map(size => (typeof size === 'number' ? size : undefined)) : [],
  })
  return {
    inputs: session.inputMetadata.map(info),
    outputs: session.outputMetadata.map(info),
    run: (feeds, outputs) => session.run(feeds, [...outputs]),
    release: () => session.release(),
  }
}
