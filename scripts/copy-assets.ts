/** After tsc: puts what is not TypeScript beside the compiled files in dist/. */
import { chmodSync, cpSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

for (const file of ['proto/messages.js', 'proto/messages.d.ts', 'cli/kafka/pom.xml', 'rest/routes/dashboard.html']) {
  const target = join('dist', file)
  mkdirSync(dirname(target), { recursive: true })
  cpSync(file, target)
}
for (const name of ['wine.csv', 'wine-linear.onnx', 'wine-mlp.onnx']) cpSync(join('examples/wine', name), join('dist/examples/wine', name))
if (existsSync('dist/cli/main.js')) chmodSync('dist/cli/main.js', 0o755)
