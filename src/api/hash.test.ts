import { expect, it } from 'vitest'
import vectors from './hash-vectors.json'
import { podTemplateHash, safeEncode } from './hash.ts'

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
