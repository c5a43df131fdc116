import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pricing } from '../../examples/pricing.ts'
import { jsonSerde, stringSerde } from '../../records/serde.ts'
import { TopologyTestDriver } from '../../topology/index.ts'

const test = suite('pricing example')

const order = (product: string, amount: number): string => JSON.stringify({ product, amount })

test('quotes each order by the rule of its product that is in force at its time', async () => {
  const driver = await TopologyTestDriver.open(pricing())
  const quotes = (): unknown[] => driver.read('quotes', { key: stringSerde, value: jsonSerde() }).map(({ key, value }) => [key, value])
  await driver.pipe('orders', { value: order('tea', 10), timestamp: 1000 })
  await driver.pipe('price-rules', { key: 'tea', value: '{"discount":0.1}', timestamp: 1000 })
  await driver.pipe('price-rules', { key: 'tea', value: '{"discount":0.5,"from":2000}', timestamp: 1001 })
  await driver.pipe('price-rules', { key: 'tea', value: '{"discount":0.9}', timestamp: 1002 })
  await driver.pipe('orders', { value: order('tea', 10), timestamp: 1999 })
  await driver.pipe('orders', { value: order('milk', 3), timestamp: 2000 })
  await driver.pipe('orders', { value: order('tea', 10), timestamp: 1500 })
  assert.equal(quotes(), [
    ['tea', { price: 10, orders: 1 }],
    ['tea', { price: 9, orders: 2 }],
    ['milk', { price: 3, orders: 1 }],
    ['tea', { price: 5, orders: 3 }],
  ])
  const [letter, ...more] = driver.read(TopologyTestDriver.deadLetterTopic)
  assert.match(String(letter?.headers?.['sluice.error.message']), 'refused by rule "discount from 0 to 0.5"')
  assert.equal(more, [])
  await driver.close()
})

test.run()
