/** What may be exceeded from outside: by the sender of a record, a model, a request or a connection. */
export interface Limit {
  /** Whose input is bounded. */
  readonly of: 'records' | 'models' | 'pieces' | 'archives' | 'REST' | 'peers'
  /** What is counted, as docs/limits.md names it. */
  readonly what: string
  /** The most that is allowed; the default where `setting` names one. */
  readonly most: number
  readonly unit: string
  /** The setting that changes it; undefined: it is fixed. */
  readonly setting?: string
  /** What happens to the input that is beyond it. */
  readonly beyond: string
}

const KB = 1024
const MB = 1024 * KB

/** The limits that are counted when they are exceeded, by the name that the metric gives them. docs/limits.md has the same table: a test compares them. */
export const limits = {
  unpacked_batch: {
    of: 'records',
    what: 'compressed record batch, unpacked',
    most: 256 * MB,
    unit: 'bytes',
    beyond: 'its partition stands still, or a dead letter names its offsets: `unreadableBatches`',
  },
  dead_letter: {
    of: 'records',
    what: 'dead letter, where its topic takes as much; 64 KB when 2 MB of output wait for the commit',
    most: 16 * MB,
    unit: 'bytes',
    beyond: 'its value is cut, then headers and key; headers tell what is missing',
  },
  data_type: {
    of: 'records',
    what: 'name of a data type: data and models',
    most: 256,
    unit: 'bytes',
    beyond: 'a dead letter, `RECORD_TOO_LARGE`',
  },
  data_record: { of: 'records', what: 'value of a data record', most: 4 * MB, unit: 'bytes', beyond: 'a dead letter, `RECORD_TOO_LARGE`' },
  waiting_records: {
    of: 'records',
    what: 'records of a data type that wait for its model; or 16 MB of them, or 64 MB of a partition',
    most: 10_000,
    unit: 'records',
    beyond: 'those that wait for a first model get `NO_MODEL`; for another one the partition waits until there is room',
  },
  shadow_records: {
    of: 'records',
    what: 'records of a partition with which shadows are being called, or that wait for those calls; or 64 MB of them',
    most: 16_384,
    unit: 'records',
    beyond: 'the shadows do not score them: `sluice_shadow_records_shed_total`',
  },
  descriptor: {
    of: 'models',
    what: 'record of the models topic',
    most: 65 * MB,
    unit: 'bytes',
    beyond: 'refused before it is read, `RECORD_TOO_LARGE`',
  },
  descriptor_fields: {
    of: 'models',
    what: 'fields of such a record, each golden record being one',
    most: 5000,
    unit: 'fields',
    beyond: 'refused before it is read, `RECORD_TOO_LARGE`',
  },
  model_name: { of: 'models', what: 'name of a model, and of its output', most: 256, unit: 'bytes', beyond: 'refused, `RECORD_TOO_LARGE`' },
  model_description: { of: 'models', what: 'description of a model', most: 16 * KB, unit: 'bytes', beyond: 'refused, `RECORD_TOO_LARGE`' },
  model_location: { of: 'models', what: 'location of a model', most: 4 * KB, unit: 'bytes', beyond: 'refused, `RECORD_TOO_LARGE`' },
  model_hash: { of: 'models', what: 'SHA-256 that a descriptor states', most: 32, unit: 'bytes', beyond: 'refused, `RECORD_TOO_LARGE`' },
  model_signature: {
    of: 'models',
    what: 'signature of a model, a bundle in JSON',
    most: 256 * KB,
    unit: 'bytes',
    beyond: 'refused, `RECORD_TOO_LARGE`',
  },
  model_publisher: { of: 'models', what: 'who publishes a model', most: 1 * KB, unit: 'bytes', beyond: 'refused, `RECORD_TOO_LARGE`' },
  model_training: {
    of: 'models',
    what: 'metrics and parameters of a model, together',
    most: 16 * KB,
    unit: 'bytes',
    beyond: 'refused, `RECORD_TOO_LARGE`',
  },
  model_control: { of: 'models', what: 'control of a data type', most: 16 * KB, unit: 'bytes', beyond: 'refused, `CONTROL_REFUSED`' },
  model_state: {
    of: 'models',
    what: 'facts of the kept versions of a data type, its policy, names, and changes that wait',
    most: 768 * KB,
    unit: 'bytes',
    beyond: 'what would add to it is refused, `RECORD_TOO_LARGE`, and nothing changes',
  },
  golden_records: { of: 'models', what: 'golden records of a model', most: 4096, unit: 'records', beyond: 'refused, `MODEL_LOAD_FAILED`' },
  piece_model: { of: 'pieces', what: 'model that is sent in pieces', most: 64 * MB, unit: 'bytes', beyond: 'refused, `MODEL_TOO_LARGE`' },
  pieces_waiting: {
    of: 'pieces',
    what: 'models in pieces that are not complete, of one partition',
    most: 256 * MB,
    unit: 'bytes',
    beyond: 'the next piece is refused, `MODEL_TOO_LARGE`',
  },
  rest_connections: {
    of: 'REST',
    what: 'connections',
    most: 2048,
    unit: 'connections',
    setting: 'maxConnections',
    beyond: 'the one that has been idle for the longest time is closed, else the new one',
  },
  rest_connections_of_address: {
    of: 'REST',
    what: 'connections of one address',
    most: 1024,
    unit: 'connections',
    setting: 'maxConnectionsPerAddress',
    beyond: 'the same, among those of that address',
  },
  rest_requests: {
    of: 'REST',
    what: 'requests at a time, `/health/*` apart; three quarters of them while their bodies arrive',
    most: 512,
    unit: 'requests',
    setting: 'maxRequests',
    beyond: '503 `BUSY`',
  },
  rest_slow_bodies: {
    of: 'REST',
    what: 'time for a body to arrive while other requests need its place',
    most: 1000,
    unit: 'ms',
    beyond: 'the one that has been arriving for the longest time: 408 `BODY_LATE`',
  },
  rest_inflation: {
    of: 'REST',
    what: 'inflated size of a body of more than 1 MB, by what is sent',
    most: 200,
    unit: 'times',
    beyond: '413 `BODY_REFUSED`',
  },
  rest_infer_json: {
    of: 'REST',
    what: 'JSON of an inference request; above 128 KB a body is read in a thread of its own',
    most: 16 * MB,
    unit: 'bytes',
    beyond: '413 `BODY_REFUSED`',
  },
  rest_infer_time: {
    of: 'REST',
    what: 'time to read such a body',
    most: 5000,
    unit: 'ms',
    beyond: '413 `BODY_REFUSED`; the thread is replaced',
  },
  rest_infer_waiting: { of: 'REST', what: 'such bodies that wait to be read', most: 32, unit: 'bodies', beyond: '503 `BUSY`' },
  rest_infer_rows: { of: 'REST', what: 'rows of an inference request', most: 100_000, unit: 'rows', beyond: '413 `BODY_REFUSED`' },
  peer_strangers_of_address: {
    of: 'peers',
    what: 'connections to the peer port that name no instance here, of one address, for 3 s',
    most: 16,
    unit: 'connections',
    beyond: 'the oldest of that address is closed',
  },
  peer_strangers: {
    of: 'peers',
    what: 'the same, of all addresses',
    most: 128,
    unit: 'connections',
    beyond: 'the oldest is closed',
  },
  peer_known: { of: 'peers', what: 'connections of instances to the peer port', most: 1024, unit: 'connections', beyond: 'closed' },
  peer_unsealed: {
    of: 'peers',
    what: 'where there is a token: hellos at the peer port without its seal',
    most: 0,
    unit: 'hellos',
    beyond: 'closed without an answer',
  },
} as const satisfies Readonly<Record<string, Limit>>

export type LimitName = keyof typeof limits
