/** `tsx test/sim/kafka/serve.ts [BROKERS [TRANSACTION_VERSION]]`: a simulated Kafka on loopback ports, until it is told to stop. Prints its addresses. */
import { serveSimKafka } from './sim-kafka-server.ts'

const [brokers = '1', transactionVersion = '2'] = process.argv.slice(2)
const server = await serveSimKafka({ brokers: Number(brokers), transactionVersion: transactionVersion === '1' ? 1 : 2 })
console.log(server.addresses.join(','))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close().then(() => process.exit(0)))
