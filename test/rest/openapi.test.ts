import { Validator } from '@seriousme/openapi-schema-validator'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openApiOf } from '../../rest/openapi.ts'
import type { JsonSchema, Route } from '../../rest/http/route.ts'
import { get, withTwoInstances } from './two-instances.ts'

const test = suite('OpenAPI')

const posted: Route = {
  method: 'POST',
  path: '/models/:name/versions/:version',
  summary: 'Takes a body',
  params: { version: { type: 'integer', minimum: 1, description: 'Which' } },
  query: { dry: { type: 'boolean', required: true, description: 'Do nothing' } },
  body: { contentTypes: ['application/json'], maxBytes: 10, schema: { type: 'object' } },
  responses: { 202: { description: 'It is under way' } },
  answer: () => Promise.resolve({ body: {} }),
}

interface Document {
  readonly openapi: string
  readonly info: Readonly<Record<string, unknown>>
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: JsonSchema }[]
  readonly requestBody?: unknown
  readonly responses: Readonly<Record<string, unknown>>
  readonly security?: unknown
}

type SpecData = Exclude<Parameters<Validator['validate']>[0], string>

async function assertValid(document: unknown): Promise<void> {
  const { valid, errors } = await new Validator().validate(structuredClone(document) as SpecData)
  assert.ok(valid, JSON.stringify(errors))
}

test('the description that an instance serves is valid OpenAPI 3.1, with and without a token', async () => {
  for (const token of [undefined, 'secret']) {
    await withTwoInstances(
      async ({ servers }) => {
        const { body } = await get(servers.a, '/openapi.json', { headers: { authorization: 'Bearer secret' } })
        await assertValid(body)
        const { openapi, info, paths } = body as unknown as Document
        assert.equal([openapi, info['version']], ['3.1.0', '1.2.3'])
        const open = Object.entries(paths).filter(([, operations]) =>
          Object.values(operations).some(({ security }) => security === undefined),
        )
        const always = ['/', '/health/live', '/health/ready']
        assert.equal(open.map(([path]) => path).sort(), token === undefined ? Object.keys(paths).sort() : always)
        const ids = Object.values(paths).flatMap(operations => Object.values(operations).map(({ operationId }) => operationId))
        assert.is(new Set(ids).size, ids.length)
      },
      { token, version: '1.2.3', routes: [posted] },
    )
  }
})

test('every described path exists, and accepts the described parameters', () =>
  withTwoInstances(async ({ servers }) => {
    const { paths } = (await get(servers.a, '/openapi.json')).body as unknown as Document
    assert.ok(Object.keys(paths).length >= 10)
    for (const [path, { get: operation }] of Object.entries(paths)) {
      const query = (operation?.parameters ?? []).filter(parameter => parameter.in === 'query' && parameter.name !== 'at')
      const asked = new URLSearchParams(query.map(({ name, schema }) => [name, exampleOf(schema)] as [string, string]))
      const answer = await fetch(`http://127.0.0.1:${servers.a.port}${path.replaceAll(/\{\w+\}/g, 'ModelStateStore')}?${asked.toString()}`)
      const text = await answer.text()
      assert.ok(String(answer.status) in (operation?.responses ?? {}), `${path}: ${answer.status} is not described`)
      assert.not.match(text, /ROUTE_UNKNOWN|INPUT_INVALID/, path)
    }
  }))

test('parameters, bodies and answers come from the table', async () => {
  const document = openApiOf([posted], { title: 't', version: '1', secured: true }) as unknown as Document
  await assertValid(document)
  const operation = document.paths['/models/{name}/versions/{version}']?.['post']
  assert.equal(
    operation?.parameters?.map(parameter => [parameter.name, parameter.in, parameter.required, parameter.schema['type']]),
    [
      ['name', 'path', true, 'string'],
      ['version', 'path', true, 'integer'],
      ['dry', 'query', true, 'boolean'],
    ],
  )
  assert.ok(operation?.requestBody)
  assert.equal(operation?.security, [{ token: [] }])
  for (const status of ['202', '400', '401', '408', '413', '415', '503']) assert.ok(status in (operation?.responses ?? {}), status)
})

function exampleOf({ type, enum: values, minimum }: JsonSchema): string {
  if (Array.isArray(values)) return String(values[0])
  if (type === 'boolean') return 'false'
  return type === 'integer' ? String(minimum) : '1'
}

test.run()
