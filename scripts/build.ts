/** Compiles a project of tsconfig files into its folder, which is emptied first, and puts what is not TypeScript beside it: build.ts [tsconfig] [folder]. */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs'
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

// What an earlier build left of files that have moved would be published too.
rmSync(folder, { recursive: true, force: true })
execFileSync(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', project, '--outDir', folder], { stdio: 'inherit' })
for (const file of assets) {
  const target = join(folder, file)
  mkdirSync(dirname(target), { recursive: true })
  cpSync(file, target)
}
chmodSync(join(folder, 'cli/main.js'), 0o755)
