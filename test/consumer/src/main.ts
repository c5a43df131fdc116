/** main.js BROKERS PREFIX STATE_DIR: word count and guarded serving in one process, beside a kafkajs client of its own; prints what it saw as JSON. */
// A Kafka client of the program's own, loaded before Sluice's.
import { Kafka, type EachMessagePayload } from 'kafkajs'
import { SluiceStreams } from 'sluice'
import { startRestServer } from 'sluice/rest'
import { defaultModelFactory, jsonRecordReader, messages, ServingInstance } from 'sluice/serving'
import { countWithDriver } from './driver.js'
import { formatLoader } from './weights-format.js'
import { wordCount } from './word-count.js'

const [brokers = '', prefix = '', stateDir = ''] = process.argv.slice(2)
const topic = (name: string): string => `${prefix}-${name}`
const kafka = { brokers: brokers.split(','), createPartitions: 2, commitIntervalMs: 50 }

const streams = new SluiceStreams(wordCount({ words: topic('words'), counts: topic('counts') }), {
  ...kafka,
  applicationId: topic('count'),
  stateDir: `${stateDir}/count`,
})
const rest = await startRestServer({
  streams,
  port: 0,
  routes: [
    { path: '/hello', summary: 'Greets', responses: { 200: { description: 'A greeting' } }, answer: async () => ({ body: 'hello' }) },
  ],
})
streams.advertise({ host: rest.host, port: rest.port })
const serving = new ServingInstance({
  streams: { ...kafka, applicationId: topic('serving'), stateDir: `${stateDir}/serving` },
  serving: {
    dataTopic: topic('data'),
    modelsTopic: topic('models'),
    resultsTopic: topic('results'),
    reader: jsonRecordReader({ specs: ['a', 'b'].map(name => ({ name, kind: 'number' })), dataTypeField: 'type' }),
    factory: defaultModelFactory().register('WEIGHTS', formatLoader),
  },
  rest: { port: 0 },
})
const client = new Kafka({ clientId: 'consumer-project', brokers: kafka.brokers })
const producer = client.producer()
await Promise.all([streams.start(), serving.start(), producer.connect()])
const served = await serving.listen()
const base = `http://127.0.0.1:${served.port}`

const words = ['the', 'sluice', 'the', 'gate']
await producer.send({ topic: topic('words'), messages: words.map(value => ({ key: String(value.length), value })) })
const counted = await until(
  async () => {
    const answer = await fetch(`http://127.0.0.1:${rest.port}/state/by-length/keys/3`)
    return answer.ok ? ((await answer.json()) as { readonly value: number }) : undefined
  },
  ({ value }) => value === 2,
)

const data = Buffer.from('weights a=2,b=10')
const model = messages.ModelDescriptor.encode({ name: 'two weights', dataType: 'sums', data }).finish()
await producer.send({ topic: topic('models'), messages: [{ key: 'sums', value: Buffer.from(model) }] })
const models = await until(
  async () => (await (await fetch(`${base}/models`)).json()) as readonly { readonly current: number }[],
  ([first]) => first?.current === 1,
)
const inputs = ['a', 'b'].map((name, at) => ({ name, datatype: 'FP64', shape: [1, 1], data: [at + 1] }))
const inferred = (await (
  await fetch(`${base}/v2/models/sums/infer`, { method: 'POST', body: JSON.stringify({ inputs }) })
).json()) as unknown
const refused = await fetch(`${base}/models/sums?wait=20&type=TENSORFLOW`, { method: 'POST', body: 'weights a=x' })

await producer.send({ topic: topic('data'), messages: [{ key: 'sums', value: JSON.stringify({ type: 'sums', a: 3, b: 4 }) }] })
const result = messages.ScoreResult.decode(await firstValue(topic('results')))

const hello = await (await fetch(`http://127.0.0.1:${rest.port}/hello`)).json()
await producer.disconnect()
await serving.stop()
await streams.stop()
await rest.close()
const driven = await countWithDriver(words)
const { score, modelName } = result
const refusal = { status: refused.status, ...((await refused.json()) as object) }
console.log(JSON.stringify({ counted, models, inferred, refusal, result: { score, modelName }, hello, driven }))

async function firstValue(from: string): Promise<Buffer> {
  const consumer = client.consumer({ groupId: `${from}-reader` })
  await consumer.connect()
  await consumer.subscribe({ topic: from, fromBeginning: true })
  const value = await new Promise<Buffer>((resolve, reject) => {
    const eachMessage = async ({ message }: EachMessagePayload): Promise<void> => {
      if (message.value !== null) resolve(message.value)
    }
    consumer.run({ eachMessage }).catch(reject)
  })
  await consumer.disconnect()
  return value
}

/** Asks until the answer is good, for half a minute at most. */
async function until<T>(ask: () => Promise<T | undefined>, good: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await ask()
    if (answer !== undefined && good(answer)) return answer
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('no good answer came within half a minute')
}
