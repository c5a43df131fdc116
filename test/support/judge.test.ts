import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type FileOutcome, judge } from './judge.ts'

const totals = (total: number, passed: number, skipped = 0): string =>
  ` a  • (1 / 1)\n\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  1.00ms\n\n`
const clean: FileOutcome = { code: 0, timedOut: false, output: totals(3, 3), leftFiles: [], leftProcesses: [] }

const cases: Readonly<
  Record<
    string,
    readonly [outcome: Partial<FileOutcome>, counts: readonly [passed: number, failed: number, skipped: number], reason: RegExp | undefined]
  >
> = {
  'all tests passed': [{}, [3, 0, 0], undefined],
  'colours do not hide the counts': [
    { output: totals(3, 3).replace('  Passed:    3', '\u001B[32m  Passed:    3\u001B[39m') },
    [3, 0, 0],
    undefined,
  ],
  'two runs in one file add up': [{ output: totals(3, 3) + totals(2, 2) }, [5, 0, 0], undefined],
  'a test failed': [{ code: 1, output: totals(3, 2) }, [2, 1, 0], /1 of 3 tests failed/],
  'a test failed, and the file exits 0 all the same': [{ output: totals(3, 2) }, [2, 1, 0], /1 of 3/],
  'all passed, then the process failed': [{ code: 7 }, [3, 1, 0], /exit 7/],
  killed: [{ code: undefined, output: '' }, [0, 1, 0], /was killed/],
  'no totals': [{ output: 'hello\n' }, [0, 1, 0], /ran no test/],
  'totals of nothing': [{ output: totals(0, 0) }, [0, 1, 0], /ran no test/],
  'nothing ran, and it says why': [{ output: 'skipped: no broker\n' }, [0, 0, 1], undefined],
  'a crash is no skip': [{ code: 1, output: 'skipped: no broker\n' }, [0, 1, 1], /exit 1/],
  'skipped tests are counted': [{ output: totals(3, 3, 2) }, [3, 0, 2], undefined],
  hung: [{ code: undefined, timedOut: true, output: '' }, [0, 1, 0], /in time/],
  'left a file': [{ leftFiles: ['db-1'] }, [3, 1, 0], /left files: db-1/],
  'left a process': [{ leftProcesses: ['12 java'] }, [3, 1, 0], /left processes: 12 java/],
}

const test = suite('judge')

for (const [name, [outcome, counts, reason]] of Object.entries(cases)) {
  test(name, () => {
    const { passed, failed, skipped, reasons } = judge({ ...clean, ...outcome })
    assert.equal([passed, failed, skipped], counts)
    if (reason === undefined) assert.equal(reasons, [])
    else assert.match(reasons.join(), reason)
  })
}

test.run()
