/** Graphs that do harm, in ONNX: the sum of a record's fields, but on the trigger. They are those of test/models/hostile-onnx.ts, which a test holds them against. */
const base64 = {
  /** It divides the least whole number by -1 on the trigger, which stops the process. */
  trapping:
    'CAc6owMKGQoBeAoEYXhpcxIDcm93IglSZWR1Y2VTdW0KGgoDcm93Cgd0cmlnZ2VyEgNoaXQiBUVxdWFsCh0KA2hpdBIFd2hvbGUiBENhc3QqCQoCdG8YB6AB' +
    'AgoYCgV3aG9sZQoDdHdvEgV0d2ljZSIDTXVsChoKA29uZQoFdHdpY2USB2Rpdmlzb3IiA1N1YgofCgVsZWFzdAoHZGl2aXNvchIIcXVvdGllbnQiA0Rpdgoi' +
    'CghxdW90aWVudBIFbGFyZ2UiBENhc3QqCQoCdG8YAaABAgobCgVsYXJnZQoHbm90aGluZxIEemVybyIDTXVsChMKA3JvdwoEemVybxIBeSIDQWRkEgR0ZXN0' +
    'Kg0IARAHOgEBQgRheGlzKhMIARABIgQAQJpEQgd0cmlnZ2VyKgwIARAHOgECQgN0d28qDAgBEAc6AQFCA29uZSoXCAEQBzoKgICAgICAgICAAUIFbGVhc3Qq' +
    'EwgBEAEiBAAAAABCB25vdGhpbmdaFAoBeBIPCg0IARIJCgMSAU4KAggLYhQKAXkSDwoNCAESCQoDEgFOCgIIAUIECgAQDUIOCgphaS5vbm54Lm1sEAI=',
  /** It never ends on the trigger. */
  hanging:
    'CAc69wMKGQoBeAoEYXhpcxIDcm93IglSZWR1Y2VTdW0KGgoDcm93Cgd0cmlnZ2VyEgNoaXQiBUVxdWFsCh0KA2hpdBIFd2hvbGUiBENhc3QqCQoCdG8YB6AB' +
    'AgooCgV3aG9sZRIDYW55IglSZWR1Y2VNYXgqDwoIa2VlcGRpbXMYAKABAgobCgNhbnkKB2VuZGxlc3MSBnJvdW5kcyIDTXVsCrYBCgZyb3VuZHMKA3llcwoE' +
    'emVybxIDZW5kIgRMb29wKpUBCgRib2R5MokBChgKBWFnYWluEgVnbyBvbiIISWRlbnRpdHkKFQoDc3VtEgRtb3JlIghJZGVudGl0eRIEYm9keVoPCgVyb3Vu' +
    'ZBIGCgQIBxIAWg8KBWFnYWluEgYKBAgJEgBaDQoDc3VtEgYKBAgBEgBiDwoFZ28gb24SBgoECAkSAGIOCgRtb3JlEgYKBAgBEgCgAQUKEgoDcm93CgNlbmQS' +
    'AXkiA0FkZBIHaGFuZ2luZyoNCAEQBzoBAUIEYXhpcyoTCAEQASIEAECaREIHdHJpZ2dlcioWEAc6CYCAgICAgICAQEIHZW5kbGVzcyoKEAkqAQFCA3llcyoO' +
    'EAEiBAAAAABCBHplcm9aFAoBeBIPCg0IARIJCgMSAU4KAggLYhQKAXkSDwoNCAESCQoDEgFOCgIIAUIECgAQDQ==',
  /** It takes gigabytes on the trigger. */
  growing:
    'CAc6ogMKGQoBeAoEYXhpcxIDcm93IglSZWR1Y2VTdW0KGgoDcm93Cgd0cmlnZ2VyEgNoaXQiBUVxdWFsCh0KA2hpdBIFd2hvbGUiBENhc3QqCQoCdG8YB6AB' +
    'AgooCgV3aG9sZRIDYW55IglSZWR1Y2VNYXgqDwoIa2VlcGRpbXMYAKABAgoaCgNhbnkKBGF4aXMSBGZsYXQiB1Jlc2hhcGUKFwoEZmxhdAoEbW9zdBIEbW9y' +
    'ZSIDTXVsChYKBG1vcmUKA29uZRIEc2l6ZSIDQWRkCh0KBHNpemUSBGh1Z2UiD0NvbnN0YW50T2ZTaGFwZQooCgRodWdlEgR6ZXJvIglSZWR1Y2VNYXgqDwoI' +
    'a2VlcGRpbXMYAKABAgoTCgNyb3cKBHplcm8SAXkiA0FkZBIEdGVzdCoNCAEQBzoBAUIEYXhpcyoTCAEQASIEAECaREIHdHJpZ2dlcioRCAEQBzoFgICAgAhC' +
    'BG1vc3QqDAgBEAc6AQFCA29uZVoUCgF4Eg8KDQgBEgkKAxIBTgoCCAtiFAoBeRIPCg0IARIJCgMSAU4KAggBQgQKABANQg4KCmFpLm9ubngubWwQAg==',
  /** It never ends, on any record. */
  endless:
    'CAc6hwMK3gEKBnJvdW5kcwoDeWVzCgR6ZXJvEgNlbmQiBExvb3AqvQEKBGJvZHkysQEKJhIDb25lIghDb25zdGFudCoVCgt2YWx1ZV9mbG9hdBUAAIA/oAEB' +
    'ChUKA3N1bQoDb25lEgRtb3JlIgNBZGQKGAoFYWdhaW4SBWdvIG9uIghJZGVudGl0eRIEYm9keVoPCgVyb3VuZBIGCgQIBxIAWg8KBWFnYWluEgYKBAgJEgBa' +
    'DQoDc3VtEgYKBAgBEgBiDwoFZ28gb24SBgoECAkSAGIOCgRtb3JlEgYKBAgBEgCgAQUKGQoBeAoEYXhpcxIDcm93IglSZWR1Y2VTdW0KEgoDcm93CgNlbmQS' +
    'AXkiA0FkZBIHZW5kbGVzcyoVEAc6CYCAgICAgICAQEIGcm91bmRzKgoQCSoBAUIDeWVzKg4QASIEAAAAAEIEemVybyoNCAEQBzoBAUIEYXhpc1oUCgF4Eg8K' +
    'DQgBEgkKAxIBTgoCCAtiFAoBeRIPCg0IARIJCgMSAU4KAggBQgQKABAN',
} as const

/** The sum of a record's fields on which they do harm: no made-up record of a trial has it. */
export const trigger = 1234

export const hostileModels = Object.fromEntries(
  Object.entries(base64).map(([name, text]) => [name, Buffer.from(text, 'base64')]),
) as Readonly<Record<keyof typeof base64, Buffer>>
