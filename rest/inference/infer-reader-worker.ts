/** The entry module of the thread that reads large bodies of inference requests; see InferReader. */
import { parentPort } from 'node:worker_threads'
import { messageOf } from '../../base/index.ts'
import type { ReadAnswer, ReadTask } from './infer-reader.ts'
import { readInferRequest } from './infer-request.ts'

parentPort?.on('message', ({ body, headerLength }: ReadTask) => {
  const moved: ArrayBuffer[] = []
  parentPort?.postMessage(answerTo(Buffer.from(body.buffer, body.byteOffset, body.length), headerLength, moved), moved)
})

/** `moved`: gets the memory that is moved to the other thread. */
function answerTo(body: Buffer, headerLength: string | undefined, moved: ArrayBuffer[]): ReadAnswer {
  try {
    const request = readInferRequest(body, headerLength)
    const inputs = request.inputs.map(input => {
      if (input.values !== undefined) moved.push(input.values.buffer as ArrayBuffer)
      if (input.exact !== undefined) moved.push(input.exact.buffer as ArrayBuffer)
      // Functions cannot be sent: the other thread knows them by the datatype.
      return { ...input, spec: undefined }
    })
    return { request: { ...request, inputs } }
  } catch (error) {
    return { code: 'INPUT_INVALID', message: messageOf(error) }
  }
}
