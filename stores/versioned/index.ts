// Versioned stores (KIP-889): every value with the time from which it is valid.
// One row for each version; expired rows are deleted as stream time advances.
// Not here: stores of plain values.
export { VersionedStore } from './versioned-store.ts'
