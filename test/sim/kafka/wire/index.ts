// Kafka's wire protocol as data: which requests are taken, in which versions, and how they stand in bytes.
// Not here: what a broker does about them.
export {
  type ApiName,
  apis,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type Incoming,
  type RequestOf,
  type ResponseOf,
} from './apis.ts'
export type { Features } from './admin-messages.ts'
