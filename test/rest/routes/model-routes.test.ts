import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice as messages } from '../../../proto/messages.js'
import { RateLimit } from '../../../rest/http/rate-limit.ts'
import { sha256Of } from '../../serving/serving-driver.ts'
import { SigningFiles } from '../../models/signing/signing-authority.ts'
import { type Answer, wineModel, withServedModels } from '../inference/served-models.ts'

const test = suite('model routes')

type Fields = Readonly<Record<string, unknown>>

const linear = wineModel('wine-linear')
const mlp = wineModel('wine-mlp')

function fields({ json }: Answer): Fields {
  return json as Fields
}

test('a published model serves, and is in the list, versions and history', () =>
  withServedModels(async served => {
    const sent = await served.post('/models/wine', linear, { 'content-type': 'application/octet-stream' })
    assert.equal(
      [sent.status, fields(sent)],
      [202, { topic: 'models', partition: 0, offset: 0, sha256: sha256Of(linear), dataType: 'wine', name: 'wine' }],
    )
    const waited = await served.post('/models/wine?wait=5&name=second&description=an%20mlp', mlp)
    assert.equal([waited.status, fields(waited)['version'], fields(waited)['sha256']], [200, 2, sha256Of(mlp)])
    const model = fields(await served.get('/models/wine'))
    assert.equal(
      [model['dataType'], model['current'], model['latest'], model['roles'], model['name'], model['statistics']],
      ['wine', 2, 2, { champion: 2 }, 'second', null],
    )
    const versions = model['versions'] as Fields[]
    assert.equal(
      versions.map(({ version, name, role, format, hash, size, offset, location }) => [
        version,
        name,
        role,
        format,
        hash,
        size,
        offset,
        location,
      ]),
      [
        [1, 'wine', undefined, 'ONNX', sha256Of(linear), linear.length, 0, undefined],
        [2, 'second', 'champion', 'ONNX', sha256Of(mlp), mlp.length, 1, undefined],
      ],
    )
    assert.is(versions[1]?.['description'], 'an mlp')
    assert.equal((await served.get('/models/wine/history')).json, versions.toReversed())
    assert.equal((await served.get('/models')).json, [model])
    const unknown = await served.get('/models/beer')
    assert.equal([unknown.status, fields(unknown)['code']], [404, 'MODEL_UNKNOWN'])
  }))

test('controls: applied, refused, written only; and what is not a control', () =>
  withServedModels(async served => {
    const json = { 'content-type': 'application/json' }
    for (const bytes of [linear, mlp]) await served.post('/models/wine?wait=5', bytes)
    const control = (body: unknown, wait = '?wait=5'): Promise<Answer> =>
      served.post(`/models/wine/control${wait}`, JSON.stringify(body), json)
    const back = await control({ rollback: {}, who: 'ana', reason: 'a test', expect: { champion: 2 } })
    const place = { topic: 'models', partition: 0, dataType: 'wine' }
    assert.equal([back.status, back.json], [200, { ...place, offset: 2, action: 'rollback', policy: 3, champion: 1 }])
    assert.is(fields(await served.get('/models/wine'))['current'], 1)
    const refused = await control({ promote: { version: 2 }, expect: { champion: 2 } })
    assert.equal([refused.status, fields(refused)['code']], [422, 'CONTROL_REFUSED'])
    assert.match(String(fields(refused)['error']), /expects champion 2, but champion 1 is in force/)
    const named = await control({ alias: { alias: 'steady', version: 2 } })
    assert.equal([named.status, fields(named)['policy']], [200, 3])
    const written = await control({ promote: { alias: 'steady' } }, '')
    assert.equal([written.status, written.json], [202, { ...place, offset: 5, action: 'promote' }])
    for (const [body, why] of [
      [{ promote: {} }, /promote names no version/],
      [{ demote: { version: 1 } }, /unknown field demote/],
      [{ who: 'ana' }, /names no action/],
      [[1], /not a JSON object/],
    ] as const) {
      const answer = await control(body)
      assert.equal([answer.status, fields(answer)['code']], [400, 'INPUT_INVALID'])
      assert.match(String(fields(answer)['error']), why)
    }
  }))

test('a model begins in a role, with golden records; what neither allows is refused', () =>
  withServedModels(async served => {
    const json = { 'content-type': 'application/json' }
    const record = Buffer.from(messages.WineRecord.encode({ dataType: 'wine', alcohol: 11 }).finish()).toString('base64')
    await served.post('/models/wine?wait=5', linear)
    assert.is(fields(await served.post('/models/wine?wait=5&role=shadow', mlp))['version'], 2)
    const data = linear.toString('base64')
    const publish = (more: Fields): Promise<Answer> => served.post('/models/wine?wait=5', JSON.stringify({ data, ...more }), json)
    const canary = await publish({ role: 'challenger', weight: 0.25, golden: [{ record, score: 5, tolerance: 1000 }] })
    assert.equal([canary.status, fields(canary)['version']], [200, 3])
    const wrong = await publish({ golden: [{ record, score: -1e9 }] })
    assert.equal([wrong.status, fields(wrong)['code']], [422, 'MODEL_LOAD_FAILED'])
    assert.match(String(fields(wrong)['error']), /golden record 1 of 1: the score is/)
    assert.is(fields(await served.get('/models/wine'))['current'], 1)
    for (const [more, why] of [
      [{ role: 'king' }, /role is "king"/],
      [{ role: 'challenger' }, /the weight of a challenger is not given/],
      [{ role: 'challenger', weight: 2 }, /the weight of a challenger is 2/],
      [{ role: 'shadow', weight: 0.5 }, /a shadow has no weight/],
      [{ weight: 0.5 }, /weight needs the role/],
      [{ golden: [{ record }] }, /golden record 1 is not one/],
      [{ golden: [{ record: '?', score: 1 }] }, /golden record 1 is not one/],
    ] as const) {
      const answer = await publish(more)
      assert.equal([answer.status, fields(answer)['code']], [400, 'INPUT_INVALID'])
      assert.match(String(fields(answer)['error']), why)
    }
  }))

test('with trusted keys an unsigned model is refused; a signed one serves, and its facts name the signer', async () => {
  const files = new SigningFiles()
  const key = files.key()
  try {
    await withServedModels(
      async served => {
        const json = { 'content-type': 'application/json' }
        const data = linear.toString('base64')
        const signature = JSON.parse(String(await key.signing.sign('wine', linear))) as unknown
        const publish = (more: Fields): Promise<Answer> => served.post('/models/wine?wait=5', JSON.stringify({ data, ...more }), json)
        const unsigned = await served.post('/models/wine?wait=5', linear)
        assert.equal([unsigned.status, fields(unsigned)['code']], [422, 'MODEL_UNSIGNED'])
        const other = JSON.parse(String(await key.signing.sign('wine', mlp))) as unknown
        assert.is(fields(await publish({ signature: other }))['code'], 'MODEL_SIGNATURE_INVALID')
        assert.is(fields(await publish({ signature }))['version'], 1)
        const { versions } = fields(await served.get('/models/wine')) as { versions: readonly Fields[] }
        assert.equal((versions[0]?.['signature'] as { signer: unknown } | undefined)?.signer, key.signing.signer)
        for (const wrong of ['text', [signature]]) assert.is((await publish({ signature: wrong })).status, 400)
      },
      { serving: { trustedKeys: key.trusted } },
    )
  } finally {
    files.remove()
  }
})

test('a change and a model that wait for an event time are shown, and their outcome says so', () =>
  withServedModels(async served => {
    const json = { 'content-type': 'application/json' }
    for (const bytes of [linear, mlp]) await served.post('/models/wine?wait=5', bytes)
    const from = '2030-01-01T00:00:00Z'
    const effectiveFrom = Date.parse(from)
    const control = JSON.stringify({ promote: { version: 1 }, effectiveFrom: from, who: 'ana' })
    const answer = await served.post('/models/wine/control?wait=5', control, json)
    const place = { topic: 'models', partition: 0, offset: 2, dataType: 'wine', action: 'promote' }
    assert.equal([answer.status, answer.json], [200, { ...place, policy: 3, champion: 1, effectiveFrom }])
    const later = effectiveFrom + 5
    assert.is(fields(await served.post(`/models/wine?wait=5&effectiveFrom=${later}`, linear))['version'], 3)
    const body = JSON.stringify({ data: mlp.toString('base64'), effectiveFrom: later + 1 })
    assert.is(fields(await served.post('/models/wine?wait=5', body, json))['version'], 4)
    const model = fields(await served.get('/models/wine'))
    assert.is(model['current'], 2)
    assert.equal(
      (model['waiting'] as Fields[]).map(({ champion, effectiveFrom: time, who, record }) => [champion, time, who, record]),
      [
        [1, effectiveFrom, 'ana', { partition: 0, offset: 2 }],
        [3, later, undefined, { partition: 0, offset: 3 }],
        [4, later + 1, undefined, { partition: 0, offset: 4 }],
      ],
    )
    const cancel = (which: unknown): Promise<Answer> => served.post('/models/wine/control?wait=5', JSON.stringify({ cancel: which }), json)
    for (const wrong of [{}, { offset: 'two' }, { offset: -1 }, { offset: 1.5 }, { offset: 3, all: true }, { offset: null, all: false }])
      assert.equal([(await cancel(wrong)).status, JSON.stringify(wrong)], [400, JSON.stringify(wrong)])
    const one = await cancel({ offset: 3 })
    assert.equal([one.status, fields(one)['action'], fields(one)['champion']], [200, 'cancel', 2])
    const left = fields(await served.get('/models/wine'))['waiting'] as Fields[]
    assert.equal(
      left.map(({ record }) => (record as Fields)['offset']),
      [2, 4],
    )
    const again = await cancel({ offset: 3 })
    assert.equal([again.status, fields(again)['code']], [422, 'CONTROL_REFUSED'])
    assert.is((await cancel({ all: true })).status, 200)
    assert.is(fields(await served.get('/models/wine'))['waiting'], undefined)
    for (const wrong of ['tomorrow', '2030-01-01T00:00:00', '-5'])
      assert.is((await served.post(`/models/wine?effectiveFrom=${encodeURIComponent(wrong)}`, linear)).status, 400, wrong)
  }))

test('every role is shown, with the policy in force; models that race by version and name, and what each means now', () =>
  withServedModels(async served => {
    const json = { 'content-type': 'application/json' }
    for (const [name, bytes] of [
      ['a', linear],
      ['b', mlp],
      ['c', linear],
      ['d', mlp],
      ['e', linear],
    ] as const)
      await served.post(`/models/wine?wait=5&name=${name}`, bytes)
    const control = (body: unknown): Promise<Answer> => served.post('/models/wine/control?wait=5', JSON.stringify(body), json)
    const shown = async (): Promise<readonly [model: Fields, roles: unknown]> => {
      const model = fields(await served.get('/models/wine'))
      assert.equal((await served.get('/models')).json, [model])
      const versions = model['versions'] as Fields[]
      return [model, versions.map(({ version, role, roles }) => [version, role, roles])]
    }
    const beside = {
      challengers: [{ of: { version: 1 }, weight: 0.25 }],
      shadows: [{ version: 2 }, { version: 3 }],
      fallback: { version: 4 },
    }
    assert.is((await control({ setPolicy: { ...beside, bucketBy: 'alcohol' }, who: 'ana' })).status, 200)
    const [routed, rolesRouted] = await shown()
    assert.equal(routed['roles'], { champion: 5, challenger: [1], shadow: [2, 3], fallback: 4 })
    assert.equal(rolesRouted, [
      [1, 'challenger', ['challenger']],
      [2, 'shadow', ['shadow']],
      [3, 'shadow', ['shadow']],
      [4, 'fallback', ['fallback']],
      [5, 'champion', ['champion']],
    ])
    const { policy, challengers, who, bucketBy } = routed['policy'] as Fields
    assert.equal([policy, challengers, who, bucketBy], [6, [{ version: 1, weight: 0.25 }], 'ana', 'alcohol'])
    assert.is((await served.post('/v2/models/wine/versions/shadow/infer', '{}', json)).status, 404, 'there are two')
    assert.is((await served.get('/v2/models/wine/versions/challenger')).status, 200)

    const racers = [{ name: 'b', weight: 2 }, { of: { version: 5 } }]
    assert.is((await control({ setPolicy: { racers, decider: 'mean', budgetMs: 50, fallback: { version: 3 } } })).status, 200)
    const [racing, rolesRacing] = await shown()
    assert.equal(racing['roles'], { champion: 5, fallback: 3, racer: [2, 5] })
    assert.equal(rolesRacing, [
      [1, undefined, undefined],
      [2, 'racer', ['racer']],
      [3, 'fallback', ['fallback']],
      [4, undefined, undefined],
      [5, 'champion', ['champion', 'racer']],
    ])
    const race = racing['policy'] as Fields
    assert.equal([race['racers'], race['decider'], race['budgetMs']], [[{ version: 2, name: 'b', weight: 2 }, { version: 5 }], 'mean', 50])
    await served.post('/models/wine?wait=5&name=b', linear)
    assert.equal((await shown())[0]['roles'], { champion: 6, fallback: 3, racer: [6, 5] }, 'the newest of the name')
    await control({ setPolicy: { racers, decider: 'mean', budgetMs: 50 }, effectiveFrom: '2030-01-01T00:00:00Z' })
    const [waits] = (await shown())[0]['waiting'] as Fields[]
    assert.equal(waits?.['racers'], [{ name: 'b', weight: 2 }, { version: 5 }], 'what the name means then is not known')
  }))

test('the races of the setting "policies" are shown as those of the policy', () =>
  withServedModels(
    async served => {
      for (const name of ['a', 'b']) await served.post(`/models/wine?wait=5&name=${name}`, name === 'a' ? linear : mlp)
      const model = fields(await served.get('/models/wine'))
      assert.equal(model['roles'], { champion: 2, fallback: 2, racer: [1] })
      const { racers, decider, budgetMs, fallback, bySetting } = model['policy'] as Fields
      const rules = JSON.stringify({ kind: 'majority', atLeast: 1 })
      assert.equal([racers, decider, budgetMs, fallback, bySetting], [[{ version: 1, name: 'a' }, { name: 'gone' }], rules, 20, 2, true])
    },
    {
      serving: {
        policies: {
          wine: { models: [{ model: 'a' }, { model: 'gone' }], budgetMs: 20, decider: { kind: 'majority', atLeast: 1 }, fallback: 'b' },
        },
      },
    },
  ))

test('what was in force at a time, and for a data record', () =>
  withServedModels(async served => {
    for (const bytes of [linear, mlp]) await served.post('/models/wine?wait=5', bytes)
    for (const asked of ['position=0:5', `at=${Date.now()}`, 'at=2026-01-01T00:00:00Z']) {
      const answer = await served.get(`/models/wine?${asked}`)
      assert.equal([answer.status, fields(answer)['code']], [404, 'MODEL_UNKNOWN'], 'no record came')
    }
    for (const wrong of ['position=5', 'at=yesterday', 'position=0:1&at=5'])
      assert.equal([(await served.get(`/models/wine?${wrong}`)).status, wrong], [400, wrong])
  }))

test('the publisher of a model is logged', () =>
  withServedModels(
    async served => {
      await served.post('/models/wine', linear, { authorization: 'Bearer secret' })
      const [line] = served.logged.filter(({ message }) => message.startsWith('audit'))
      const { remote, by, dataType, sha256, offset } = line?.fields ?? {}
      assert.equal([remote, by, dataType, sha256, offset], ['127.0.0.1', 'the bearer of the token', 'wine', sha256Of(linear), 0])
      assert.not.ok(JSON.stringify(served.logged).includes('secret'))
      assert.is((await served.post('/models/wine', linear)).status, 401)
    },
    { token: 'secret' },
  ))

test('a model without a name gets the name of its data type', () =>
  withServedModels(async served => {
    assert.is(fields(await served.post('/models/wine?wait=5&name=', linear))['name'], 'wine')
    assert.is(fields(await served.get('/models/wine'))['name'], 'wine')
  }))

test('JSON: data in base64, or a location; headers can replace query parameters', () =>
  withServedModels(async served => {
    const json = { 'content-type': 'application/json' }
    const body = JSON.stringify({ data: mlp.toString('base64'), name: 'from json', type: 'onnx', output: 'quality', description: 'd' })
    assert.is(fields(await served.post('/models/wine?wait=5', body, json))['version'], 1)
    const marked = `\ufeff${JSON.stringify({ data: mlp.toString('base64') })}`
    assert.is(fields(await served.post('/models/marked?wait=5', marked, json))['version'], 1)
    const headers = { 'x-sluice-name': 'from header', 'x-sluice-output': 'probabilities' }
    assert.is(fields(await served.post('/models/wine?wait=5', mlp, headers))['version'], 2)
    const versions = (await served.get('/models/wine/history')).json as Fields[]
    assert.equal(
      versions.map(({ name, output }) => [name, output]),
      [
        ['from header', 'probabilities'],
        ['from json', 'quality'],
      ],
    )
    const located = await served.post('/models/wine?wait=5', JSON.stringify({ location: 'file:///nowhere/a.onnx' }), json)
    assert.equal([located.status, fields(located)['code'], fields(located)['sha256']], [422, 'MODEL_LOCATION_REFUSED', undefined])
  }))

test('a refused model is reported with the reason, and changes nothing', () =>
  withServedModels(async served => {
    await served.post('/models/wine?wait=5', linear)
    const refused = await served.post('/models/wine?wait=5&type=onnx', Buffer.from('no model'))
    assert.equal([refused.status, fields(refused)['code']], [422, 'MODEL_UNKNOWN_FORMAT'])
    assert.match(String(fields(refused)['error']), /^model "wine" for data type "wine" is refused: /)
    assert.is(fields(await served.get('/models/wine'))['current'], 1)
  }))

for (const [what, path, body, headers, status, message] of [
  [
    'base64 that ends in something else after much white space',
    '/models/wine',
    `{"data":"${' '.repeat(400_000)}!"}`,
    { 'content-type': 'application/json' },
    400,
    /data is not base64: only/,
  ],
  ['padding within base64', '/models/wine', '{"data":"AA==AA=="}', { 'content-type': 'application/json' }, 400, /data is not base64/],
  ['no content', '/models/wine', '', {}, 400, /needs a body$/],
  ['an unknown format', '/models/wine', 'no model', {}, 400, /does not recognize the model format/],
  ['an unknown type', '/models/wine?type=tflite', 'x', {}, 400, /"tflite"; allowed: ONNX/],
  ['a wrong wait', '/models/wine?wait=soon', 'x', {}, 400, /wait is "soon"/],
  ['neither data nor location', '/models/wine', '{}', { 'content-type': 'application/json' }, 400, /either data/],
  ['both', '/models/wine', '{"data":"eA==","location":"/x"}', { 'content-type': 'application/json' }, 400, /either data/],
  ['an empty location', '/models/wine', '{"location":""}', { 'content-type': 'application/json' }, 400, /location is empty/],
  ['no base64', '/models/wine', '{"data":"%"}', { 'content-type': 'application/json' }, 400, /not base64/],
  ['an unknown field', '/models/wine', '{"dat":"eA=="}', { 'content-type': 'application/json' }, 400, /unknown field dat/],
] as const) {
  test(`refuses ${what}, and writes nothing`, () =>
    withServedModels(async served => {
      const answer = await served.post(path, body, headers)
      assert.is(answer.status, status, answer.bytes.toString())
      assert.match(String(fields(answer)['error']), message)
      assert.equal((await served.get('/models')).json, [])
    }))
}

test('too many models within a minute are refused, with the time to wait', () =>
  withServedModels(async served => {
    const answers: Answer[] = []
    for (let count = 0; count < 61; count++) answers.push(await served.post('/models/wine', Buffer.from('x'), { 'x-sluice-type': 'pmml' }))
    assert.equal(new Set(answers.slice(0, 60).map(({ status }) => status)), new Set([202]))
    const last = answers[60] as Answer
    assert.equal([last.status, fields(last)['code']], [429, 'RATE_LIMITED'])
    assert.match(last.headers['retry-after'] ?? '', /^[1-9]\d?$/)
  }))

test('the rate limit applies to any span of a minute', () => {
  const limit = new RateLimit(2, 1000)
  assert.equal([limit.take(0), limit.take(600), limit.take(700), limit.take(999)], [0, 0, 300, 1])
  assert.equal([limit.take(1000), limit.take(1001)], [0, 599])
})

test.run()
