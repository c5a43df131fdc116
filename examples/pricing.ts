import { controlledStream, jsonSerde, stringSerde, type Topology } from '../index.ts'

type Rule = { readonly discount: number; readonly from?: number }
type Order = { readonly product: string; readonly amount: number }
type Quote = { readonly price: number; readonly orders: number }

/** Price rules steer orders: each order is quoted by the rule of its product that is in force at the order's time. */
export function pricing(): Topology {
  return controlledStream({
    name: 'pricing',
    control: { topic: 'price-rules', key: stringSerde, value: jsonSerde<Rule>() },
    data: { topic: 'orders', value: jsonSerde<Order>() },
    results: { topic: 'quotes', value: jsonSerde<Quote>() },
    memory: jsonSerde<number>(),
    default: { discount: 0 },
    rules: { 'discount from 0 to 0.5': ({ discount }) => discount >= 0 && discount <= 0.5 },
    effectiveFrom: ({ from }) => from,
    rekey: ({ value }) => value.product,
    onData: ({ value }, { discount }, orders) => {
      orders.value = (orders.value ?? 0) + 1
      return { price: value.amount * (1 - discount), orders: orders.value }
    },
  })
}
