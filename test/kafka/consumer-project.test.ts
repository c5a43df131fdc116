import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KafkaFixture } from './fixture.ts'

const brokers = String(process.env['KAFKA_BROKERS'])
const project = join(import.meta.dirname, '../..')
const test = suite('a project that has installed the package')

interface Run {
  readonly cwd?: string
}

/** The output of a program. Throws with all its output if it fails. */
async function run(program: string, args: readonly string[], { cwd = project }: Run = {}): Promise<string> {
  // Variables of the npm that runs this project, and settings that a user does not have, must not reach the other project.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|ONNXRUNTIME)/i.test(name)))
  try {
    return (await promisify(execFile)(program, args, { cwd, env, maxBuffer: 2 ** 24 })).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error })
  }
}

/** Makes another project with the package installed as by users: packed, without the native code of other platforms. */
async function installed(folder: string): Promise<string> {
  await run(process.execPath, ['--import', 'tsx', 'scripts/build.ts'])
  await run(process.execPath, stagePackage(folder))
  const [tarball = ''] = (await readdir(folder)).filter(name => name.endsWith('.tgz'))
  const consumer = join(folder, 'consumer')
  await cp(join(project, 'test/consumer'), consumer, { recursive: true })
  await writeFile(join(consumer, 'package.json'), '{"name":"consumer","version":"1.0.0","type":"module","private":true}')
  const packages = [join(folder, tarball), 'kafkajs@2.2.4', '@types/node@20']
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], { cwd: consumer })
  return consumer
}

function stagePackage(folder: string): readonly string[] {
  return [
    '--import',
    'tsx',
    'scripts/stage-package.ts',
    '--stage',
    join(folder, 'stage'),
    '--platforms',
    `${process.platform}/${process.arch}`,
    '--pack',
    folder,
  ]
}

test('type-checks with both kinds of module resolution, and works beside another Kafka client', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-consumer-'))
  const fixture = new KafkaFixture(brokers)
  try {
    const cwd = await installed(folder)
    const tsc = join(project, 'node_modules/.bin/tsc')
    assert.is(await run(tsc, ['-p', 'tsconfig.bundler.json'], { cwd }), '')
    assert.is(await run(tsc, ['-p', 'tsconfig.json'], { cwd }), '')
    const printed = await run(process.execPath, ['out/main.js', brokers, fixture.id, join(folder, 'state')], { cwd })
    const seen = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Readonly<Record<string, Readonly<Record<string, unknown>>>>
    assert.is(seen['counted']?.['value'], 2)
    assert.match(JSON.stringify(seen['inferred']), /"data":\[22\]/)
    assert.is(seen['refusal']?.['status'], 422)
    assert.equal(seen['result'], { score: 46, modelName: 'two weights' })
    assert.equal(seen['hello'], 'hello')
    assert.equal(seen['driven'], [
      { word: 'the', count: 1, ofItsLength: 1 },
      { word: 'sluice', count: 1, ofItsLength: 1 },
      { word: 'the', count: 2, ofItsLength: 2 },
      { word: 'gate', count: 1, ofItsLength: 1 },
    ])
  } finally {
    await rm(folder, { recursive: true, force: true })
    await fixture.close()
  }
})

test.run()
