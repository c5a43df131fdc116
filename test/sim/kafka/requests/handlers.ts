import type { ApiName, RequestOf, ResponseOf } from '../wire/index.ts'

/** Who is asked, by whom, in which version. */
export interface Call {
  readonly broker: number
  readonly version: number
  readonly clientId: string
}

/** Answers once, now or later; `null` is no answer at all, and the connection goes on. */
export type Handler<N extends ApiName> = (body: RequestOf<N>, call: Call, respond: (answer: ResponseOf<N> | null) => void) => void

export type Handlers = { readonly [N in ApiName]: Handler<N> }
