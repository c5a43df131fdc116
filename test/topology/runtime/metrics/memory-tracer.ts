import { type Context, type Span, type SpanContext, type SpanOptions, type SpanStatus, trace, type Tracer } from '@opentelemetry/api'

/** A span as it was made, and how it ended. */
export interface MadeSpan {
  readonly name: string
  readonly options: SpanOptions
  readonly parent: SpanContext | undefined
  readonly context: SpanContext
  status: SpanStatus | undefined
  ends: number
}

/** An OpenTelemetry provider that keeps its spans in memory: what the API asks of one, and no more. */
export class MemoryTracer {
  readonly spans: MadeSpan[] = []

  /** Makes it the process's provider until `uninstall`. */
  install(): this {
    trace.setGlobalTracerProvider({ getTracer: () => this.#tracer() })
    return this
  }

  uninstall(): void {
    trace.disable()
  }

  #tracer(): Tracer {
    const startSpan = (name: string, options: SpanOptions = {}, context?: Context): Span => {
      const parent = context === undefined ? undefined : trace.getSpanContext(context)
      const at = this.spans.length + 1
      const made: MadeSpan = {
        name,
        options,
        parent,
        context: {
          traceId: parent?.traceId ?? at.toString(16).padStart(32, 'a'),
          spanId: at.toString(16).padStart(16, '0'),
          traceFlags: 1,
        },
        status: undefined,
        ends: 0,
      }
      this.spans.push(made)
      return spanOf(made)
    }
    return { startSpan, startActiveSpan: () => notUsed() }
  }
}

function spanOf(made: MadeSpan): Span {
  const span: Span = {
    spanContext: () => made.context,
    setStatus: status => {
      made.status = status
      return span
    },
    end: () => void made.ends++,
    isRecording: () => made.ends === 0,
    setAttribute: () => notUsed(),
    setAttributes: () => notUsed(),
    addEvent: () => notUsed(),
    addLink: () => notUsed(),
    addLinks: () => notUsed(),
    updateName: () => notUsed(),
    recordException: () => notUsed(),
  }
  return span
}

function notUsed(): never {
  throw new Error('the application is not expected to ask for this')
}
