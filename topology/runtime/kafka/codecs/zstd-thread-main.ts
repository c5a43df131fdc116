/** The entry module of the thread that unpacks large batches; see ZstdThread. */
import { parentPort } from 'node:worker_threads'
import { UnreadableBatch } from './codec.ts'
import { unpackZstd } from './unpack-zstd.ts'
import { readZstdFrames } from './zstd-frames.ts'
import type { UnpackAnswer, UnpackTask } from './zstd-thread.ts'

let last: Promise<void> = Promise.resolve()

parentPort?.on('message', (task: UnpackTask) => {
  // Answers are in the order of the tasks.
  last = last.then(async () => {
    const answer = await answerTo(task)
    parentPort?.postMessage(answer, 'unpacked' in answer ? ownMemory(answer.unpacked) : [])
  })
})

async function answerTo({ bytes, most }: UnpackTask): Promise<UnpackAnswer> {
  try {
    const packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    return { unpacked: await unpackZstd(packed, readZstdFrames(packed), most) }
  } catch (error) {
    // Any other error ends the thread: it says nothing of the bytes.
    if (!(error instanceof UnreadableBatch)) throw error
    return { message: error.message, beyond: error.beyond }
  }
}

/** Memory of the bytes alone is given away; memory that they share is copied. */
function ownMemory({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer.byteLength === byteLength ? [buffer as ArrayBuffer] : []
}
