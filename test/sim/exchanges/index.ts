// Requests to a broker with the answers that Kafka gives; a simulated broker and a real one are both compared with them.
export { simClient, socketClient, type Client, VirtualTime } from './client.ts'
export type { Exchange } from './exchange.ts'
import type { Exchange } from './exchange.ts'
import { groupExchanges } from './groups.ts'
import { mixedExchanges } from './mixtures.ts'
import { producerExchanges } from './producers.ts'
import { transactionExchanges } from './transactions.ts'

export const exchanges: readonly Exchange[] = [...producerExchanges, ...transactionExchanges, ...mixedExchanges, ...groupExchanges]
