import type { RecordPlace } from '../../stores/index.ts'

/** The form of a recording that this build writes; it reads no newer one. */
export const recordingFormat = 1

/** Bytes as base64; null: there are none. */
export type Base64 = string | null

/** The first line. */
export interface HeadLine {
  readonly kind: 'head'
  readonly format: number
  /** The build that wrote it. */
  readonly sluice: string
  /** ISO 8601. */
  readonly recordedAt: string
  readonly applicationId: string
  readonly dataTopic: string
  readonly modelsTopic: string
  readonly resultsTopic: string
}

/** A model, before the first result that names it; its bytes, and then those of its signature, are in the lines after it. */
export interface ModelLine {
  readonly kind: 'model'
  readonly dataType: string
  /** SHA-256 of its bytes, in hex. */
  readonly hash: string
  /** The other facts of its version, as the state store has them. */
  readonly facts: Readonly<Record<string, unknown>>
  /** How many lines of bytes follow; 0: they are at its location only. */
  readonly pieces: number
  /** How many lines of bytes of its signature follow those. */
  readonly signaturePieces: number
}

/** Some bytes of the model before it. */
export interface BytesLine {
  readonly kind: 'bytes'
  readonly data: string
}

/** A record of a topic. */
export interface RecordedRecord extends RecordPlace {
  /** Epoch ms. */
  readonly timestamp: number
  readonly key: Base64
  readonly value: Base64
  /** Absent: the record has none. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A result, and the input that it answers. */
export interface ResultLine {
  readonly kind: 'result'
  readonly result: RecordedRecord
  readonly input: RecordedRecord
}

/** The last line: without it the file was cut off. */
export interface EndLine {
  readonly kind: 'end'
  readonly results: number
  readonly models: number
  /** SHA-256 of all bytes before this line, in hex. Absent: an earlier build wrote it, or somebody has changed the recording on purpose. */
  readonly sha256?: string
}

/** A line of a recording, as JSON. */
export type RecordingLine = HeadLine | ModelLine | BytesLine | ResultLine | EndLine
