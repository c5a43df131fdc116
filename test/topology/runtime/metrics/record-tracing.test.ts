import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parentOf, RecordTracing, traceparentOf } from '../../../../topology/runtime/metrics/record-tracing.ts'
import type { Headers, RawRecord } from '../../../../topology/stream-record.ts'
import { MemoryTracer } from './memory-tracer.ts'

const test = suite('record tracing')

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const given = `00-${traceId}-${spanId}-01`

const recordAt = (offset: number, headers?: Headers): RawRecord => ({
  key: null,
  value: null,
  timestamp: 1,
  headers,
  topic: 'data',
  partition: 2,
  offset,
  source: undefined,
})

test('a span for each record, in the trace of its header; the record then has the header of the span, and its other headers', () => {
  const tracer = new MemoryTracer().install()
  try {
    const tracing = new RecordTracing('0_2')
    const headers = { traceparent: Buffer.from(given), tracestate: 'vendor=1', other: Buffer.from('kept') }
    const [first, second] = tracing.begin([recordAt(5, headers), recordAt(6)])
    const [one, two] = tracer.spans
    assert.equal([one?.parent?.traceId, one?.parent?.spanId, one?.parent?.isRemote], [traceId, spanId, true])
    assert.is(one?.parent?.traceState?.get('vendor'), '1')
    assert.is(two?.parent, undefined)
    assert.equal(first?.headers, { ...headers, traceparent: `00-${traceId}-0000000000000001-01` })
    assert.equal(second?.headers, { traceparent: `00-${two?.context.traceId}-0000000000000002-01` })
    assert.equal([one?.name, one?.options.kind], ['process data', SpanKind.CONSUMER])
    assert.equal(one?.options.attributes, {
      'messaging.system': 'kafka',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'data',
      'messaging.destination.partition.id': '2',
      'messaging.kafka.offset': 5,
      'sluice.task': '0_2',
    })
    tracing.failed(recordAt(6), new Error('broken'))
    tracing.failed(recordAt(99), new Error('of another run'))
    assert.equal(
      tracer.spans.map(({ ends }) => ends),
      [0, 0],
    )
    tracing.end()
    tracing.end()
    assert.equal(
      tracer.spans.map(({ ends, status }) => [ends, status]),
      [
        [1, undefined],
        [1, { code: SpanStatusCode.ERROR, message: 'broken' }],
      ],
    )
  } finally {
    tracer.uninstall()
  }
})

test('without a provider records and their trace headers are unchanged', () => {
  const tracing = new RecordTracing('0_2')
  const plain = recordAt(1)
  const traced = recordAt(2, { traceparent: given })
  const [first, second] = tracing.begin([plain, traced])
  assert.is(first, plain)
  assert.equal(second?.headers, { traceparent: given })
  tracing.end()
})

const wrong: readonly (readonly [what: string, value: Headers[string]])[] = [
  ['nothing', undefined],
  ['no text', null],
  ['upper case', given.toUpperCase()],
  ['too short', given.slice(0, -1)],
  ['version ff', `ff${given.slice(2)}`],
  ['more than version 00 has', `${given}-more`],
  ['no trace', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['no span', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['other bytes', Buffer.from([0xff, 0x00, 0x30])],
]

for (const [what, value] of wrong)
  test(`a header that names no span: ${what}`, () => {
    assert.is(trace.getSpanContext(parentOf({ traceparent: value })), undefined)
  })

test('of a header of a later version the known fields are read; of several headers the first', () => {
  assert.is(trace.getSpanContext(parentOf({ traceparent: `01-${traceId}-${spanId}-03-more` }))?.traceFlags, 3)
  assert.is(trace.getSpanContext(parentOf({ traceparent: [given, 'other'] }))?.spanId, spanId)
})

test('the written header is read', () => {
  const context = { traceId, spanId, traceFlags: 0 }
  const read = trace.getSpanContext(parentOf({ traceparent: String(traceparentOf(context)) }))
  assert.equal([read?.traceId, read?.spanId, read?.traceFlags], [traceId, spanId, 0])
  assert.is(traceparentOf({ ...context, spanId: '' }), undefined)
})

test.run()
