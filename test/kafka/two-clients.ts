import { useBoth } from './two-clients-work.ts'

await useBoth({ kafkajs: () => import('kafkajs').then(module => module.default), sluice: () => import('../../index.ts') })
