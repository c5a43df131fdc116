import type { Context, Span, SpanContext } from '@opentelemetry/api'
import { messageOf, onFirstUse } from '../../../base/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import { withHeader } from '../../record-headers.ts'
import type { Headers, RawRecord, StreamRecord } from '../../stream-record.ts'

/** Only programs that trace need it. */
const openTelemetry = onFirstUse<typeof import('@opentelemetry/api')>('@opentelemetry/api')

/** The header of W3C Trace Context, level 1. Of later versions only the fields of this version are read. */
const traceparent = /^(?!ff)([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:$|-)/

/**
 * Creates a span for each record that a task processes, in the trace of the record's `traceparent` header. Records that processors forward with the record's
 * headers belong to the span. The provider that the program has set in the OpenTelemetry API gets the spans; without one no spans are recorded.
 */
export class RecordTracing {
  readonly #task: TaskId
  readonly #tracer = openTelemetry().trace.getTracer('sluice')
  /** The spans of the present run, by the offsets of its records. */
  readonly #spans = new Map<number, Span>()

  constructor(task: TaskId) {
    this.#task = task
  }

  /** Starts the spans of a run of records of one partition. Returns the records to process, whose `traceparent` headers name the spans. */
  begin(records: readonly RawRecord[]): RawRecord[] {
    this.#spans.clear()
    return records.map(record => {
      const span = this.#tracer.startSpan(`process ${record.topic}`, this.#optionsOf(record), parentOf(record.headers))
      this.#spans.set(record.offset, span)
      const header = traceparentOf(span.spanContext())
      return header === undefined ? record : { ...record, headers: withHeader(record.headers, 'traceparent', header) }
    })
  }

  /** Marks the span of a record that became a dead letter as failed. */
  failed({ offset }: StreamRecord, cause: unknown): void {
    this.#spans.get(offset)?.setStatus({ code: openTelemetry().SpanStatusCode.ERROR, message: messageOf(cause) })
  }

  /** Ends the spans of the run. */
  end(): void {
    for (const span of this.#spans.values()) span.end()
    this.#spans.clear()
  }

  #optionsOf({ topic, partition, offset }: RawRecord) {
    return {
      kind: openTelemetry().SpanKind.CONSUMER,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'process',
        'messaging.destination.name': topic,
        'messaging.destination.partition.id': String(partition),
        'messaging.kafka.offset': offset,
        'sluice.task': this.#task,
      },
    }
  }
}

/** The `traceparent` header of a span; undefined if the span is not valid, as without a provider. */
export function traceparentOf(context: SpanContext): string | undefined {
  if (!openTelemetry().isSpanContextValid(context)) return undefined
  return `00-${context.traceId}-${context.spanId}-${(context.traceFlags & 0xff).toString(16).padStart(2, '0')}`
}

/** The context that the headers name; ROOT_CONTEXT if they name none, or an invalid one. */
export function parentOf(headers: Headers | undefined): Context {
  const { createTraceState, isSpanContextValid, ROOT_CONTEXT, trace } = openTelemetry()
  const [, version, traceId, spanId, flags] = traceparent.exec(textOf(headers, 'traceparent')) ?? []
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT
  if (version === '00' && textOf(headers, 'traceparent').length !== 55) return ROOT_CONTEXT
  const state = textOf(headers, 'tracestate')
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(state === '' ? {} : { traceState: createTraceState(state) }),
  }
  return isSpanContextValid(context) ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT
}

/** The first value of a header; '' if there is none. */
function textOf(headers: Headers | undefined, name: string): string {
  const value = headers?.[name]
  const first = Array.isArray(value)
    ? (value as readonly (Uint8Array | string | null)[])[0]
    : (value as Uint8Array | string | null | undefined)
  return typeof first === 'string' ? first : first === null || first === undefined ? '' : Buffer.from(first).toString('latin1')
}
