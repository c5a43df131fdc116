import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const project = join(import.meta.dirname, '..')
const run = promisify(execFile)
const test = suite("README's own topology")

/** The code of the chapter, as one who copies it has it in his file; `sluice` is this project. */
async function example(): Promise<string> {
  const readme = await readFile(join(project, 'README.md'), 'utf8')
  const chapter = readme.split('\n## ').find(each => each.startsWith('Your own topology')) ?? ''
  const blocks = [...chapter.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code as string)
  assert.is(blocks.length, 2)
  return blocks.join('').replace("from 'sluice'", "from '../../index.ts'")
}

async function withFolder(files: Readonly<Record<string, string>>, use: (folder: string) => Promise<void>): Promise<void> {
  // Inside the project, whose types and packages it uses.
  const folder = await mkdtemp(join(project, 'test', 'readme-'))
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
    await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('compiles under the strictest settings', async () => {
  const tsconfig = JSON.stringify({ extends: '../../tsconfig.json', include: ['example.ts'], exclude: [] })
  await withFolder({ 'example.ts': await example(), 'tsconfig.json': tsconfig }, async folder => {
    const { stdout } = await run(join(project, 'node_modules/.bin/tsc'), ['-p', folder]).catch((error: { stdout: string }) => error)
    assert.is(stdout, '')
  })
})

test('runs, and prints what it says', async () => {
  const code = (await example()).replace('await streams.start()\n', '')
  await withFolder({ 'example.ts': code }, async folder => {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', join(folder, 'example.ts')])
    assert.match(stdout, /Source: words/)
    assert.match(stdout, /\[ '1' \]\n$/)
  })
})

test.run()
