import { storeSuite } from '../store-suite.ts'

storeSuite('key-value store in memory', { persistent: false })
