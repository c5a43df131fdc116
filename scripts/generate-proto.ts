/**
 * Compiles proto/*.proto to typed static code: proto/messages.js for records of topics that users read and write, proto/state-messages.js
 * for records that only Sluice reads (state.proto), each with its .d.ts.
 * With --check it writes nothing and fails if a file does not match the schemas.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const check = process.argv.includes('--check')
const schemas = readdirSync('proto')
  .filter(name => name.endsWith('.proto'))
  .sort()
const isOwn = (name: string): boolean => name === 'state.proto'
generate(
  'messages',
  'sluice',
  schemas.filter(name => !isOwn(name)),
)
generate('state-messages', 'sluice-state', schemas.filter(isOwn))

function generate(module: string, root: string, sources: readonly string[]): void {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-proto-'))
  try {
    const [js, dts, commented] = [join(dir, `${module}.js`), join(dir, `${module}.d.ts`), join(dir, 'commented.js')]
    const files = sources.map(name => join('proto', name))
    const bin = (name: string): string => join('node_modules', '.bin', name)
    const shape = ['--keep-case', '--no-create', '--no-verify', '--no-delimited', '--force-number']
    const compile = (out: string, ...more: readonly string[]): void =>
      void execFileSync(bin('pbjs'), ['-t', 'static-module', '-w', 'es6', '-r', root, ...shape, ...more, '-o', out, ...files])
    compile(js, '--no-comments')
    // Node resolves a package's inner files with their extension only.
    writeFileSync(js, readFileSync(js, 'utf8').replace(/from "protobufjs\/minimal(\.js)?"/, 'from "protobufjs/minimal.js"'))
    // The types are generated from a copy with comments, so that they have the comments of the schemas.
    compile(commented)
    execFileSync(bin('pbts'), ['-o', dts, commented])
    for (const file of [js, dts]) compareOrWrite(file, join('proto', file.slice(dir.length + 1)))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function compareOrWrite(file: string, target: string): void {
  const fresh = readFileSync(file, 'utf8')
  if (!check) writeFileSync(target, fresh)
  else if (readFileSync(target, 'utf8') !== fresh) throw new Error(`${target} does not match proto/*.proto; run: npm run proto`)
}
