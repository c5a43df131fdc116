/** Empties the output folder, compiles a tsconfig project into it and copies the other files: build.ts [tsconfig] [folder]. */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

const [project = 'tsconfig.build.json', folder = 'dist'] = process.argv.slice(2)
const assets = [
  'proto/messages.js',
  'proto/messages.d.ts',
  'proto/state-messages.js',
  'proto/state-messages.d.ts',
  'cli/kafka/pom.xml',
  'rest/routes/dashboard.html',
  'examples/wine/wine.csv',
  'examples/wine/wine-linear.onnx',
  'examples/wine/wine-mlp.onnx',
]

// Otherwise outputs of files that were moved would be published, too.
rmSync(folder, { recursive: true, force: true })
execFileSync(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', project, '--outDir', folder], { stdio: 'inherit' })
for (const file of assets) {
  const target = join(folder, file)
  mkdirSync(dirname(target), { recursive: true })
  cpSync(file, target)
}
const program = join(folder, 'cli/main.js')
if (existsSync(program)) chmodSync(program, 0o755)
