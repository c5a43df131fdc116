import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createProgram } from '../../cli/program.ts'
import { quietly } from './quietly.ts'

const usage = suite('command line')

const wrong: readonly [readonly string[], RegExp, Record<string, string>?][] = [
  [['nothing'], /^sluice: unknown command 'nothing' \(see sluice --help\)\n$/],
  [['sned', 'x.csv'], /^sluice: unknown command 'sned' \(Did you mean send\?\) \(see sluice --help\)\n$/],
  [['send', 'x.csv'], /^sluice: required option '--data-type <type>' not specified \(see sluice send --help\)\n$/],
  [['send', '--data-type', 'wine'], /missing required argument 'rows'/],
  [['send', 'x.csv', '--data-type', ''], /text that is not empty/],
  [['send', 'x.csv', '--data-type', 'wine', '--rate', '0'], /--rate <n>.*above 0/],
  [['send', 'x.csv', '--data-type', 'wine', '--repeat', '1.5'], /--repeat <n>.*whole number/],
  [
    ['send', 'x.csv', '--data-type', 'wine', '--brokers', 'nowhere'],
    /^sluice: brokers "nowhere" \(from --brokers\) is not allowed; allowed: host:port/,
  ],
  [['publish', 'x', '--data-type', 'wine', '--type', 'pickle'], /Allowed choices are onnx, pmml/],
  [['publish', 'ftp://x/y', '--data-type', 'wine'], /^sluice: model "ftp:\/\/x\/y" is not allowed; allowed: a file/],
  [['watch', '--count', 'x'], /--count <n>/],
  [['watch', 'extra'], /too many arguments/],
  [['changelog', '--latest', '--follow'], /--latest cannot be used with --follow/],
  [['instances'], /^sluice: port "x" \(from SLUICE_PORT\) is not allowed/, { SLUICE_PORT: 'x' }],
  [['state'], /give either a key, or --all or --prefix/],
  [['state', 'wine', '--all'], /give either a key, or --all or --prefix/],
  [['dead-letters', '--count', '0'], /--count <n>/],
]
for (const [args, expected, env] of wrong) {
  usage(`${args.join(' ')}: exit 2 and one line`, async () => {
    const { code, stderr } = await quietly(args, env)
    assert.is(code, 2)
    assert.match(stderr, expected)
    assert.is(stderr.split('\n').length, 2)
  })
}

const failed: readonly [readonly string[], RegExp][] = [
  [['send', 'no-such.csv', '--data-type', 'wine'], /^sluice: no-such.csv cannot be read: ENOENT/],
  [['publish', 'no-such.onnx', '--data-type', 'wine'], /^sluice: model no-such.onnx cannot be read: ENOENT/],
  [['publish', 'docs', '--data-type', 'wine'], /does not recognize the model format of docs/],
  [['publish', 'package.json', '--data-type', 'wine'], /does not recognize the model format of package; name the format with --type/],
  [
    ['watch', '--brokers', '127.0.0.1:1', '--timeout', '0.5'],
    /^sluice: no Kafka broker answered at 127.0.0.1:1 within 0.5 s: nothing listens at 127.0.0.1:1 \(ECONNREFUSED\)\n$/,
  ],
]
for (const [args, expected] of failed) {
  usage(`${args.join(' ')}: exit 1 and one line`, async () => {
    const { code, stderr } = await quietly(args)
    assert.match(stderr, expected)
    assert.equal([code, stderr.split('\n').length], [1, 2])
  })
}

usage('the help of every command has a description and examples', async () => {
  const { commands } = createProgram()
  assert.ok(commands.length >= 7)
  for (const command of commands) {
    const { code, stdout } = await quietly([command.name(), '--help'])
    assert.is(code, 0, command.name())
    assert.match(stdout, /Examples:\n\s+\$ sluice /, command.name())
    assert.ok(command.description())
  }
})

usage('the command help exits with 0, as --help does; no command is wrong usage', async () => {
  for (const [args, usage] of [
    [['help'], 'sluice [options] [command]'],
    [['help', 'help'], 'sluice [options] [command]'],
    [['help', 'serve'], 'sluice serve [options]'],
    [['models', 'help'], 'sluice models [options] [command]'],
    [['models', 'help', 'help'], 'sluice models [options] [command]'],
    [['help', 'models'], 'sluice models [options] [command]'],
    [['help', 'models', 'help'], 'sluice models [options] [command]'],
    [['help', 'models', 'rollback'], 'sluice models rollback [options] <data-type> [version]'],
    [['models', 'help', 'rollback'], 'sluice models rollback [options] <data-type> [version]'],
    [['help', 'serve', '--port'], 'sluice serve [options]'],
  ] as const) {
    const { code, stdout, stderr } = await quietly([...args])
    assert.equal([args, code, stderr], [args, 0, ''])
    assert.is(stdout.slice(0, stdout.indexOf('\n')), `Usage: ${usage}`)
  }
  assert.is((await quietly(['broker'])).code, 2)
})

usage('help for a command that there is not names it and the nearest one', async () => {
  for (const [args, message] of [
    [['help', 'nope'], /^sluice: unknown command 'nope' \(see sluice --help\)\n$/],
    [['help', 'sned'], /^sluice: unknown command 'sned' \(Did you mean send\?\) \(see sluice --help\)\n$/],
    [['models', 'help', 'histroy'], /^sluice: unknown command 'histroy' \(Did you mean history\?\) \(see sluice models --help\)\n$/],
    [['help', 'models', 'histroy'], /^sluice: unknown command 'histroy' \(Did you mean history\?\) \(see sluice models --help\)\n$/],
    [['x'.repeat(100_000)], /^sluice: unknown command 'x{199}…' \(see sluice --help\)\n$/],
    [['help', 'x'.repeat(100_000)], /^sluice: unknown command 'x{199}…' \(see sluice --help\)\n$/],
    [['watch', `--${'x'.repeat(100_000)}`], /^sluice: unknown option '--x{197}…' \(see sluice watch --help\)\n$/],
    [['help', '\u001b[2J'], /^sluice: unknown command '\\x1b\[2J' /],
  ] as const) {
    const { code, stdout, stderr } = await quietly([...args])
    assert.equal([code, stdout], [2, ''])
    assert.match(stderr, message)
  }
})

usage('the process itself: version, help, no command', () => {
  const sluice = (...args: string[]) => spawnSync(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], { encoding: 'utf8' })
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  assert.equal([sluice('--version').stdout, sluice('--version').status], [`${version}\n`, 0])
  const bare = sluice()
  assert.equal([bare.status, bare.stdout], [2, ''])
  assert.match(bare.stderr, /First steps[\s\S]*sluice watch/)
  const unknown = sluice('watch', '--no-such')
  assert.equal([unknown.status, unknown.stderr], [2, "sluice: unknown option '--no-such' (see sluice watch --help)\n"])
})

usage('nobody reads standard error: the command goes on, with its own exit code', async () => {
  const unreachable = ['--brokers', '127.0.0.1:1', '--timeout', '7']
  for (const [args, expected, leastMs] of [
    [['nothing'], 2, 0],
    // It tells of its wait meanwhile.
    [['watch', ...unreachable], 1, 7000],
  ] as const) {
    const started = performance.now()
    const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr?.destroy()
    const [code] = (await once(child, 'close')) as [number]
    assert.is(code, expected, args.join(' '))
    assert.ok(performance.now() - started >= leastMs, args.join(' '))
  }
})

usage.run()
