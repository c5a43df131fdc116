import { again, type Attacks, megabyte, sending, wineOf } from './attack.ts'

/** By records of the data topic. */
export const recordAttacks: Attacks = {
  'batches that unpack to 300 MB': (target, signal) =>
    sending(target, send => {
      const values = Array.from({ length: 300 }, () => Buffer.alloc(megabyte))
      return again(signal, 1000, () => send(target.topics.data, values))
    }),
  'undecodable records of 200 MB': (target, signal) =>
    sending(target, send => {
      const value = Buffer.alloc(200 * megabyte, 0xff)
      return again(signal, 1000, () => send(target.topics.data, [value]))
    }),
  'data types of 100 KB': (target, signal) =>
    sending(target, send => again(signal, 50, () => send(target.topics.data, [wineOf('x'.repeat(100_000))]))),
}

/** By records of a data topic in JSON. */
export const jsonAttacks: Attacks = {
  '12 deep records': (target, signal) =>
    sending(target, send => {
      const deep = Buffer.from(`{"dataType":"${target.dataType}","alcohol":${'['.repeat(1_900_000)}${']'.repeat(1_900_000)}}`)
      return again(signal, 200, () => send(target.topics.data, Array<Buffer>(12).fill(deep)))
    }),
  'records with a number of 3,000,000 digits': (target, signal) =>
    sending(target, send => {
      const long = Buffer.from(`{"dataType":"${target.dataType}","alcohol":${'9'.repeat(3_000_000)}}`)
      return again(signal, 200, () => send(target.topics.data, [long]))
    }),
}
