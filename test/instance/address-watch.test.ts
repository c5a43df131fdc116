import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { watchAddress } from '../../instance/address-watch.ts'
import { withTwoInstances } from '../rest/two-instances.ts'

const test = suite('an address that another instance advertises')

test('each says once that it began, and that it is over', () =>
  withTwoInstances(async ({ a, b }) => {
    const lines: string[] = []
    const end = new AbortController()
    const member = { self: a.self, instance: 'a', instances: () => a.instances() }
    b.self = { ...a.self }
    const watching = watchAddress(
      member,
      (level, message, fields) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`),
      end.signal,
    )
    const until = async (count: number): Promise<void> => {
      while (lines.length < count) await new Promise(resolve => setTimeout(resolve, 20))
    }
    await until(1)
    assert.match(lines[0] as string, /^warn another instance advertises 127\.0\.0\.1:\d+ too.*advertise.*"others":\["b"\]/)
    b.self = { host: '127.0.0.1', port: 1 }
    await until(2)
    assert.match(lines[1] as string, /^info no other instance/)
    end.abort()
    await watching
    assert.is(lines.length, 2)
  }))

test.run()
