/** The header of a changelog record that names the commit which wrote it. */
export const commitHeader = 'sluice.commit'
