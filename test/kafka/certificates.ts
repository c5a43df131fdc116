import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** PEM files of one authority. */
export interface Certificates {
  readonly directory: string
  /** The path of the authority's certificate. */
  readonly ca: string
}

/** Makes a new certificate authority, whose files are in the directory. */
export async function makeAuthority(directory: string, name = 'ca'): Promise<Certificates> {
  const [key, ca] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)]
  await openssl('req', '-x509', ...newKey(key), '-out', ca, '-days', '2', '-subj', `/CN=sluice test ${name}`)
  return { directory, ca }
}

export interface Issued {
  readonly cert: string
  readonly key: string
  /** Writes key and certificate to one file, as Kafka expects them. */
  readonly both: string
}

/** Makes a certificate for a common name, and for the names and addresses of the server, such as `IP:127.0.0.1`. */
export async function issue(authority: Certificates, name: string, alternatives = 'IP:127.0.0.1,DNS:localhost'): Promise<Issued> {
  const { directory, ca } = authority
  const path = (extension: string): string => join(directory, `${name}.${extension}`)
  const files = { cert: path('pem'), key: path('key'), both: path('both.pem') }
  const caKey = ca.replace(/\.pem$/, '.key')
  await openssl('req', ...newKey(files.key), '-out', path('csr'), '-subj', `/CN=${name}`)
  await writeFile(path('ext'), `subjectAltName=${alternatives}\n`)
  const signing = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-extfile', path('ext')]
  await openssl('x509', '-req', '-in', path('csr'), '-out', files.cert, '-days', '2', ...signing)
  await writeFile(files.both, Buffer.concat([await readFile(files.key), await readFile(files.cert)]))
  return files
}

function newKey(path: string): readonly string[] {
  return ['-newkey', 'rsa:2048', '-nodes', '-keyout', path]
}

async function openssl(...args: readonly string[]): Promise<void> {
  await run('openssl', args)
}
