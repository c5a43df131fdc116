import type { FoundModel } from '../../serving/index.ts'

/**
 * Which bytes answer, as parameters of the protocol: the model's `sha256`; of a composite also `step_1_name`, `step_1_version` and `step_1_sha256` of its first model, and the same of the second.
 */
export function originOf({ version, steps }: Pick<FoundModel, 'version' | 'steps'>): Readonly<Record<string, string>> {
  const ofSteps = (steps ?? []).flatMap(({ name, version: number, hash }, at) => {
    const step = `step_${at + 1}`
    return [
      [`${step}_name`, name],
      [`${step}_version`, String(number)],
      [`${step}_sha256`, hexOf(hash)],
    ]
  })
  return { sha256: hexOf(version.hash), ...(Object.fromEntries(ofSteps) as Record<string, string>) }
}

function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex')
}
