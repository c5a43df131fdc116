/**
 * Compiles proto/*.proto to typed static code: proto/messages.js and proto/messages.d.ts.
 * With --check it compares instead, and fails when the files in the tree are not what the schemas give.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const check = process.argv.includes('--check')
const schemas = readdirSync('proto')
  .filter(name => name.endsWith('.proto'))
  .sort()
  .map(name => join('proto', name))
const dir = mkdtempSync(join(tmpdir(), 'sluice-proto-'))
try {
  const js = join(dir, 'messages.js')
  const dts = join(dir, 'messages.d.ts')
  const bin = (name: string): string => join('node_modules', '.bin', name)
  const shape = ['--keep-case', '--no-comments', '--no-create', '--no-verify', '--no-delimited', '--force-number']
  execFileSync(bin('pbjs'), ['-t', 'static-module', '-w', 'es6', '-r', 'sluice', ...shape, '-o', js, ...schemas])
  // Node resolves a package's inner files with their extension only.
  writeFileSync(js, readFileSync(js, 'utf8').replace(/from "protobufjs\/minimal(\.js)?"/, 'from "protobufjs/minimal.js"'))
  // The types carry the schemas' comments, so they come from a copy that keeps them.
  const commented = join(dir, 'commented.js')
  execFileSync(bin('pbjs'), [
    '-t',
    'static-module',
    '-w',
    'es6',
    '-r',
    'sluice',
    ...shape.filter(flag => flag !== '--no-comments'),
    '-o',
    commented,
    ...schemas,
  ])
  execFileSync(bin('pbts'), ['-o', dts, commented])
  for (const file of [js, dts]) {
    const target = join('proto', file.slice(dir.length + 1))
    const fresh = readFileSync(file, 'utf8')
    if (!check) writeFileSync(target, fresh)
    else if (readFileSync(target, 'utf8') !== fresh) throw new Error(`${target} is not what proto/*.proto gives; run: npm run proto`)
  }
} finally {
  rmSync(dir, { recursive: true, force: true })
}
