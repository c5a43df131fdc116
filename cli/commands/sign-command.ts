import { Command, Option } from 'commander'
import { messageOf, SluiceError } from '../../base/index.ts'

interface SignFlags {
  readonly key: string
  readonly certificateChain?: readonly string[]
  readonly passwordFile?: string
  readonly out?: string
  readonly json?: boolean
}

/** `sluice sign`: writes the signature of a model to a file. Asks no network. */
export function signCommand(): Command {
  return new Command('sign')
    .description('sign a model, so that instances with trustedKeys serve it; in the format of the OpenSSF model signing')
    .argument('<model>', 'a model file or directory, or the URL of a model on a model server')
    .addOption(new Option('--key <file>', 'PEM file of the private key: P-256, P-384 or P-521').makeOptionMandatory())
    .option('--certificate-chain <files...>', "PEM files of certificates: the key's own first, then those that issued it")
    .option('--password-file <file>', 'file with the password of the private key')
    .option('--out <file>', 'where the signature is written (default: the name of the model and .sig, beside it)')
    .option('--json', 'print JSON (the default unless standard output is a terminal)')
    .addHelpText('after', help)
    .action(sign)
}

const help = `
Examples:
  $ sluice sign wine-mlp.onnx --key signer.pem
  $ sluice sign saved_model/ --key signer.pem --out saved_model.sig
  $ sluice sign wine-mlp.onnx --key signer.pem --certificate-chain signer.crt intermediate.crt
  $ sluice publish wine-mlp.onnx --data-type wine --signature wine-mlp.onnx.sig
  $ sluice serve --trusted-keys signer.pub

A key is made by OpenSSL: openssl ecparam -name prime256v1 -genkey -noout -out signer.pem; openssl pkey -in signer.pem -pubout -out signer.pub

The signature is a file of its own: a Sigstore bundle that names the files of the model with their SHA-256. Of a directory all files are signed but .git, .github,
.gitattributes, .gitignore and the signature; a link in it is refused. Of a model on a server it is the URL that is signed.
The tool model_signing verifies it too: model_signing verify key wine-mlp.onnx --signature wine-mlp.onnx.sig --public_key signer.pub

Prints the SHA-256 of the signing key's public PEM file, by which instances name the signer.
`

/** What the OpenSSF's tool leaves out of directories. */
const leftOut = ['.git', '.gitattributes', '.github', '.gitignore'] as const

async function sign(model: string, flags: SignFlags): Promise<void> {
  const { readFileSync, writeFileSync } = await import('node:fs')
  const { ModelSigningKey } = await import('../../models/signing/index.ts')
  const { readModelToSign } = await import('./model-to-sign.ts')
  const { Output } = await import('../output.ts')
  const read = (path: string, what: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      throw new SluiceError('INPUT_INVALID', `${what} ${path} cannot be read: ${messageOf(error)}`, { cause: error })
    }
  }
  const key = new ModelSigningKey({
    key: read(flags.key, 'the private key'),
    password: flags.passwordFile === undefined ? undefined : read(flags.passwordFile, 'the password file').replace(/\r?\n$/, ''),
    certificates: flags.certificateChain?.map(path => read(path, 'the certificate')),
  })
  const { name, out, content } = await readModelToSign(model, { out: flags.out, leftOut })
  const bundle = await key.sign(name, content)
  try {
    writeFileSync(out, bundle)
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `the signature cannot be written to ${out}: ${messageOf(error)}`, { cause: error })
  }
  await new Output(flags).fields({ signature: out, bytes: bundle.length, ...key.signer })
}
