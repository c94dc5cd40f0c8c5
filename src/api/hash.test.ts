import { expect, it } from 'vitest'
import type { PodTemplateSpec } from './generated/types.ts'
import recorded from './hash-vectors.json'
import { podTemplateHash, safeEncode } from './hash.ts'

const vectors = recorded as unknown as readonly { hash: string; template: PodTemplateSpec }[]

it.each(vectors)('the template hashes to $hash, as on a real cluster', ({ hash, template }) => {
  expect(podTemplateHash(template)).toBe(hash)
})

it('counts collisions in', () => {
  const { template } = vectors[0]!
  expect(podTemplateHash(template, 0)).not.toBe(podTemplateHash(template))
  expect(podTemplateHash(template, 1)).not.toBe(podTemplateHash(template, 0))
})

it('spells numbers without vowels', () => {
  expect(safeEncode('0123456789')).toBe('456789bcdf')
})
