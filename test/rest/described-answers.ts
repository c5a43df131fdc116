import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import * as assert from 'uvu/assert'
import type { JsonSchema } from '../../rest/http/route.ts'

/** What /openapi.json says, as far as tests need it. */
export interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

export interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly responses: Readonly<Record<string, Response>>
}

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: JsonSchema
}

interface Response {
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content: Readonly<Record<string, unknown>>
}

/** A request and what came back; the body decompressed. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly hop: boolean
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
}

/** Before a request reaches the application, Node itself may refuse it. */
const byNode: ReadonlySet<number> = new Set([417, 431])

/** Holds answers against the document that describes them. */
export class DescribedAnswers {
  /** How often each operation answered with which status: `GET /metrics 200`. */
  readonly seen = new Map<string, number>()
  readonly #operations: readonly {
    readonly template: string
    readonly pattern: RegExp
    readonly methods: Readonly<Record<string, Operation>>
  }[]
  readonly #ajv: Ajv2020
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(document: Described) {
    // OpenAPI's own keywords and formats are no part of JSON Schema.
    this.#ajv = new Ajv2020({ strict: false, validateFormats: false, schemas: { openapi: document } })
    this.#operations = Object.entries(document.paths).map(([template, methods]) => ({
      template,
      pattern: new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
      methods,
    }))
  }

  /** Asserts that status, media type, headers and body are as described; that there is no such route or method, where none is described. */
  check({ method, path, hop, status, headers, body }: Exchange): void {
    const [pathname = ''] = path.split('?', 1)
    const found = this.#operations.find(({ pattern }) => pattern.test(pathname))
    const operation = found?.methods[(method === 'HEAD' ? 'get' : method).toLowerCase()]
    if (byNode.has(status)) return
    if (found === undefined || operation === undefined)
      return assert.ok(status >= 400 && status < 500, `${status}, and it is not described`)
    const name = `${method} ${found.template} ${status}`
    this.seen.set(name, (this.seen.get(name) ?? 0) + 1)
    const response = operation.responses[status]
    assert.ok(response, `${name} is not described: ${body.toString('utf8', 0, 300)}`)
    const [type = ''] = String(headers['content-type']).split(';', 1)
    assert.ok(type in response.content, `${name} has the content type ${type}; described are: ${Object.keys(response.content).join()}`)
    for (const header of Object.keys(response.headers ?? {}))
      assert.ok(headers[header.toLowerCase()] !== undefined, `${name} lacks ${header}`)
    // What an instance tells another is their own.
    if (method === 'HEAD' || (hop && status === 200)) return
    this.#checkBody(name, `openapi#/paths/${escaped(found.template)}/${method.toLowerCase()}/responses/${status}/content`, {
      type,
      body,
      jsonLength: Number(headers['inference-header-content-length'] ?? body.length),
    })
  }

  #checkBody(name: string, pointer: string, { type, body, jsonLength }: { type: string; body: Buffer; jsonLength: number }): void {
    if (jsonLength === body.length && type !== 'application/json')
      return this.#validate(name, `${pointer}/${escaped(type)}/schema`, body.toString())
    // Before binary data there is JSON as there is without any.
    this.#validate(name, `${pointer}/application~1json/schema`, JSON.parse(body.toString('utf8', 0, jsonLength)))
  }

  #validate(name: string, pointer: string, value: unknown): void {
    const validate = this.#validators.get(pointer) ?? this.#ajv.compile({ $ref: pointer })
    this.#validators.set(pointer, validate)
    assert.ok(
      validate(value),
      `${name}: ${this.#ajv.errorsText(validate.errors)} in ${(JSON.stringify(value) ?? 'nothing').slice(0, 1000)}`,
    )
  }
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
}
