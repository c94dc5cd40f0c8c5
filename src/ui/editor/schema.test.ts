import { describe, expect, it } from 'vitest'
import { definitions as served } from '../../api/generated/schema.ts'
import { manifestSchema, type Schema } from './schema.ts'

const definitions = {
  Service: { apiVersion: 'string', kind: 'string', metadata: 'ObjectMeta', spec: 'ServiceSpec' },
  ServiceSpec: { type: 'string', selector: 'string{}', ports: 'ServicePort[]', clusterIPs: 'string[]' },
  ServicePort: { port: 'int32!', targetPort: 'int-or-string', protocol: 'string' },
  ObjectMeta: { name: 'string', labels: 'string{}' },
}
const schema = manifestSchema(
  [
    { apiVersion: 'v1', kind: 'Service' },
    { apiVersion: 'v1', kind: 'Unheard' },
  ],
  definitions,
  { ServicePort: { '': 'A port.', port: 'Where the Service listens.' } },
)
const made = schema['definitions'] as Record<string, Schema>

describe('the schema of manifests', () => {
  it('chooses a definition by apiVersion and kind, of the kinds it has', () =>
    expect(schema['allOf']).toEqual([
      {
        if: {
          required: ['apiVersion', 'kind'],
          properties: { apiVersion: { const: 'v1' }, kind: { const: 'Service' } },
        },
        then: { $ref: '#/definitions/Service' },
      },
    ]))
  it('reads the notation of fields', () =>
    expect(made['ServiceSpec']).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: {
        type: { type: 'string', enum: ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] },
        selector: { type: 'object', additionalProperties: { type: 'string' } },
        ports: { type: 'array', items: { $ref: '#/definitions/ServicePort' } },
        clusterIPs: { type: 'array', items: { type: 'string' } },
      },
    }))
  it('knows what is required, and explains', () =>
    expect(made['ServicePort']).toMatchObject({
      required: ['port'],
      description: 'A port.',
      properties: {
        port: { type: 'integer', description: 'Where the Service listens.' },
        targetPort: { type: ['integer', 'string'] },
      },
    }))

  it('leads nowhere that is not there, of all that is served', () => {
    const text = JSON.stringify(manifestSchema([], served, {}))
    const referred = new Set([...text.matchAll(/#\/definitions\/([\w-]+)/g)].map(([, name]) => name!))
    expect([...referred].filter((name) => !(name in served))).toEqual([])
  })
})
