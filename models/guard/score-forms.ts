import { batchForm } from './batch-form.ts'
import type { FrameForm } from './frames.ts'
import type { GuardAnswer } from './guard-messages.ts'
import type { PlainBatch } from './plain-batch.ts'
import { ScoresReader } from './scores-reader.ts'
import { ScoresWriter } from './scores-writer.ts'

/** What an answer is written as. */
const [asObject, asScores] = [0, 1] as const

/** What an instance sends to the process of a model, and takes from it. One for each process: it remembers what came. */
export function instanceForm(): FrameForm<PlainBatch, unknown> {
  const scores = new ScoresReader()
  return {
    write: (writer, batch) => batchForm.write(writer, batch),
    read: reader => (reader.whole() === asScores ? { kind: 'scores', scores: scores.read(reader) } : reader.value()),
  }
}

/** What the process of a model sends, and takes. One for each process: it remembers what it has sent. */
export function processForm(): FrameForm<GuardAnswer, PlainBatch> {
  const scores = new ScoresWriter()
  return {
    write(writer, answer): void {
      const plain = answer.kind === 'scores' && scores.takes(answer.scores)
      writer.whole(plain ? asScores : asObject)
      if (plain) scores.write(writer, answer.scores)
      else writer.value(answer)
    },
    read: reader => batchForm.read(reader),
  }
}
