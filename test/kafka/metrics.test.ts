import { trace } from '@opentelemetry/api'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkDocumented } from '../rest/documented-metrics.ts'
import { readMetrics, type Scraped, sumOf } from '../rest/metrics-text.ts'
import type { MetricFamily } from '../../topology/index.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { shiftedSum } from '../serving/serving-driver.ts'
import { MemoryTracer } from '../topology/runtime/metrics/memory-tracer.ts'
import { eventually, KafkaFixture } from './fixture.ts'
import { ServeProcess } from './serve-process.ts'
import { modelFor, readResults, ServingApp, wineFor } from './serving-app.ts'

const brokers = process.env['KAFKA_BROKERS']
const metrics = suite<{ fixture: KafkaFixture; dir: string }>('metrics and traces on Kafka')

metrics.before.each(async context => {
  context.fixture = new KafkaFixture(String(brokers))
  context.dir = await mkdtemp(join(tmpdir(), 'sluice-metrics-'))
  await context.fixture.createTopics({ models: { compact: true }, data: {}, results: {} })
})
metrics.after.each(async ({ fixture, dir }) => {
  await fixture.close()
  await rm(dir, { recursive: true })
})

const types = ['red', 'white', 'rose']
const each = 100
const withoutModel = 10
const unreadable = { key: Buffer.from('red'), value: Buffer.from([0x0a, 0xff]) }
const dataRecords = types.length * each + withoutModel + 1
const modelRecords = types.length + 1

/** An instance in a separate process, on the topics of the fixture. */
function serve(fixture: KafkaFixture, dir: string, threads: number): ServeProcess {
  const topics = { SLUICE_DATA_TOPIC: 'data', SLUICE_MODELS_TOPIC: 'models', SLUICE_RESULTS_TOPIC: 'results' }
  return new ServeProcess(['--state-dir', dir, '--port', '0', '--threads', String(threads), '--application-id', fixture.id], {
    KAFKA_BROKERS: fixture.brokers.join(','),
    ...Object.fromEntries(Object.entries(topics).map(([name, topic]) => [name, fixture.topic(topic)])),
  })
}

const scrape = async (instance: ServeProcess): Promise<Map<string, Scraped>> => readMetrics(await instance.text('/metrics'))

/**
 * Scrapes until the produced records are processed and committed. Status and commits come a moment after the results, and the last commit may not
 * have begun when all are processed.
 */
const settledScrape = (instance: ServeProcess, recordsIn: number): Promise<Map<string, Scraped>> =>
  eventually(
    () => scrape(instance),
    found =>
      sumOf(found.get('sluice_records_in_total')) === recordsIn &&
      sumOf(found.get('sluice_end_to_end_seconds')) === recordsIn &&
      sumOf(found.get('sluice_input_lag_records')) === 0 &&
      // A worker sends the status periodically, and the metrics on request.
      sumOf(found.get('sluice_rebalances_total')) === sumOf(found.get('sluice_rebalance_seconds')) &&
      sumOf(found.get('sluice_commits_total')) === sumOf(found.get('sluice_commit_seconds')),
  )

for (const threads of [0, 1])
  metrics(`a known load, threads ${threads}: every metric matches the work`, async ({ fixture, dir }) => {
    const first = serve(fixture, dir, threads)
    await first.ready
    await fixture.produce('models', [
      ...types.map((type, at) => modelFor(type, { name: type, bytes: shiftedSum(at) })),
      modelFor('broken', { name: 'broken', bytes: Buffer.from('no model') }),
    ])
    await eventually(
      () => scrape(first),
      found => sumOf(found.get('sluice_model_swap_seconds')) === types.length && sumOf(found.get('sluice_model_refusals_total')) === 1,
    )
    await fixture.produce('data', [
      ...types.flatMap(type => Array.from({ length: each }, (_, at) => wineFor(type, at))),
      ...Array.from({ length: withoutModel }, (_, at) => wineFor('unknown', at)),
      unreadable,
    ])
    await readResults(fixture, dataRecords - 1)
    const found = await settledScrape(first, dataRecords + modelRecords)
    const sum = (name: string, labels: Record<string, string> = {}, part: 'count' | 'sum' = 'count'): number =>
      sumOf(found.get(name), labels, part)

    checkDocumented(found)
    for (const type of types)
      assert.is(sum('sluice_results_total', { data_type: type, model: type, version: '1', status: 'OK' }), each, type)
    assert.is(sum('sluice_results_total', { data_type: 'unknown', status: 'NO_MODEL' }), withoutModel)
    assert.is(sum('sluice_results_total'), dataRecords - 1)
    assert.is(sum('sluice_records_in_total'), dataRecords + modelRecords)
    assert.is(sum('sluice_batch_records', {}, 'sum'), dataRecords + modelRecords)
    assert.is(sum('sluice_end_to_end_seconds', { topic: fixture.topic('data') }), dataRecords)
    assert.is(sum('sluice_dead_letters_by_code_total', { code: 'RECORD_UNDECODABLE' }), 1)
    assert.is(sum('sluice_dead_letters_by_code_total'), 2)
    assert.is(sum('sluice_dead_letters_total'), 2)
    assert.equal(
      ['loaded', 'failed'].map(outcome => sum('sluice_model_loads_total', { kind: 'trial', outcome })),
      [types.length, 1],
    )
    assert.equal([sum('sluice_threads', { state: 'member' }), sum('sluice_threads')], [1, 1])
    assert.equal([sum('sluice_state', { state: 'running' }), sum('sluice_state')], [1, 1])
    assert.is(sum('sluice_rebalance_seconds'), sum('sluice_rebalances_total'))
    assert.is(sum('sluice_commit_seconds'), sum('sluice_commits_total'))
    for (const store of ['ModelStateStore', 'ModelStateStore-waiting'])
      assert.equal([sum('sluice_restore_progress_ratio', { store }), sum('sluice_restore_seconds', { store })], [4, 4], store)
    for (const type of types) assert.is(sum('sluice_serving_model_version', { data_type: type, model: type }), 1, type)
    for (const name of ['sluice_score_seconds', 'sluice_queue_wait_seconds', 'sluice_process_seconds', 'sluice_transaction_seconds'])
      assert.ok(sum(name) > 0 && sum(name, {}, 'sum') >= 0, name)
    assert.ok(sum('sluice_thread_busy_seconds_total') > 0 && sum('sluice_thread_heap_bytes') > 1_000_000)
    assert.is(sum('sluice_score_seconds'), sum('sluice_score_seconds', { version: '1' }))
    // Each of the three models: a state and a blob; statistics are written once a second. The refused model: a state.
    assert.ok(sum('sluice_store_rows', { store: 'ModelStateStore' }) >= 2 * types.length + 1)
    const { code, stderr } = await first.kill('SIGTERM')
    assert.is(code, 0, stderr)

    const second = serve(fixture, dir, threads)
    await second.ready
    await fixture.produce('data', [wineFor('red', 1)])
    const again = await settledScrape(second, 1)
    assert.is(sumOf(again.get('sluice_results_total'), { data_type: 'red', version: '1', status: 'OK' }), 1)
    assert.equal(
      [sumOf(again.get('sluice_model_loads_total'), { kind: 'open', outcome: 'loaded' }), sumOf(again.get('sluice_model_loads_total'))],
      [1, 1],
    )
    assert.is((await second.kill('SIGTERM')).code, 0)
  })

const module = new URL('thread-topology.ts', import.meta.url)
const keys = Array.from({ length: 40 }, (_, at) => `k${at}`)

for (const crash of ['exit', 'throw'])
  metrics(
    `counts of a worker that ended abruptly (${crash}) are kept, and those of the next worker are added`,
    async ({ fixture, dir }) => {
      await fixture.createTopics({ words: {}, out: {} })
      const signals = new SharedArrayBuffer(16)
      const options = { words: fixture.topic('words'), out: fixture.topic('out'), signals }
      const app = new SluiceStreams({ module, options }, { applicationId: fixture.id, brokers: fixture.brokers, stateDir: dir, threads: 2 })
      const produce = (value: string, to: readonly string[] = keys): Promise<void> =>
        fixture.produce(
          'words',
          to.map(key => ({ key: Buffer.from(key), value: Buffer.from(value) })),
        )
      const processed = (families: readonly MetricFamily[]): number => sumOf(scraped(families).get('sluice_batch_records'), {}, 'sum')
      try {
        await app.start()
        await produce('x')
        const before = await eventually(
          () => app.metrics(),
          families => processed(families) === keys.length,
        )
        // No scrape sees these before the end of the worker, and no worker processes them again.
        await produce('x')
        await fixture.readAtLeast('out', 2 * keys.length)
        await produce(crash, keys.slice(7, 8))
        const all = 2 * keys.length + 1
        await fixture.readAtLeast('out', all)
        const after = await eventually(
          () => app.metrics(),
          families => processed(families) >= all && sumOf(scraped(families).get('sluice_store_rows')) === keys.length,
        )
        assert.is(processed(after), all)
        assert.ok(app.counters().recordsIn >= all, `${app.counters().recordsIn} of ${all}`)
        for (const { name, kind, samples } of before.filter(family => family.kind !== 'gauge'))
          for (const { labels, value } of samples) {
            const now = after.find(family => family.name === name)?.samples.find(sample => sample.labels.join() === labels.join())
            assert.ok(now !== undefined && now.value >= value, `${kind} ${name} ${labels.join()}: ${value}, then ${now?.value}`)
          }
        assert.is(sumOf(scraped(after).get('sluice_store_rows')), keys.length, 'how things stand is told by those who are there')
      } finally {
        await app.stop()
      }
    },
  )

/** The families of a scrape. */
const scraped = (families: readonly MetricFamily[]): Map<string, Scraped> =>
  new Map(
    families.map(({ name, kind, help, labels: names, samples }) => [
      name,
      {
        type: kind === 'histogram' ? 'gauge' : kind,
        help,
        labels: new Set(names),
        samples: new Map(
          samples.map(({ labels, value }) => [`${name}{${names.map((label, at) => `${label}="${labels[at]}"`).join()}}`, value]),
        ),
      },
    ]),
  )

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`

metrics(
  'with tracing a result carries the trace of its record on; without, its headers are those of the record',
  async ({ fixture, dir }) => {
    const tracer = new MemoryTracer().install()
    try {
      const headersOf = async (count: number): Promise<Map<string, string>> => {
        const records = await fixture.readAtLeast('results', count)
        return new Map(records.map(({ key, headers }) => [String(key), String(headers?.['traceparent'])]))
      }
      const run = async (tracing: boolean, type: string, count: number): Promise<Map<string, string>> => {
        const app = new ServingApp(fixture, dir, { streams: { tracing } })
        try {
          await app.start()
          await fixture.produce('data', [{ ...wineFor(type, 1), headers: { traceparent } }])
          return await headersOf(count)
        } finally {
          await app.stop()
        }
      }
      await fixture.produce('models', [modelFor('traced', { bytes: shiftedSum(1) })])
      assert.is((await run(false, 'plain', 1)).get('plain'), traceparent)
      assert.is(tracer.spans.length, 0)
      const written = (await run(true, 'traced', 2)).get('traced')
      const span = tracer.spans.find(({ parent }) => parent?.traceId === traceId)
      assert.equal([span?.name, span?.parent?.spanId, span?.ends], [`process ${fixture.topic('data')}`, '00f067aa0ba902b7', 1])
      assert.is(written, `00-${traceId}-${span?.context.spanId}-01`)
      assert.is(trace.getActiveSpan(), undefined)
    } finally {
      tracer.uninstall()
    }
  },
)

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else metrics.run()
