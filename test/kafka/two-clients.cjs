'use strict'

async function main() {
  const { useBoth } = await import('./two-clients-work.ts')
  await useBoth({ kafkajs: async () => require('kafkajs'), sluice: () => import('../../index.ts') })
}

void main()
