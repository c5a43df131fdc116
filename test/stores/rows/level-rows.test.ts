import { storeSuite } from '../store-suite.ts'

storeSuite('key-value store on LevelDB', { persistent: true })
