import { smallLife } from './small-life.ts'

const brokers = process.env['KAFKA_BROKERS']

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else smallLife(brokers, name => name.startsWith('control'))
