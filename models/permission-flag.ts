/** Node's flag for its permission model lost its prefix in 22.13 and 23.5. */
export function permissionFlag(version: string): string {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const settled = major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13)
  return settled ? '--permission' : '--experimental-permission'
}
