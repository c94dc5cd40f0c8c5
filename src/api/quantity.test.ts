import { describe, expect, it } from 'vitest'
import { addQuantities, canonicalQuantity, compareQuantities, quantityMillis } from './quantity.ts'

describe('quantities', () => {
  it.each([
    ['1024Mi', '1Gi'],
    ['0.5', '500m'],
    ['1.5Gi', '1536Mi'],
    ['1000m', '1'],
    ['1000', '1k'],
    ['2e3', '2e3'],
    ['100Ki', '100Ki'],
    ['0', '0'],
    ['-1', '-1'],
  ])('%s is stored as %s', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical)
  })

  it('add and compare across suffixes', () => {
    expect(addQuantities(['500m', '1', '250m'])).toBe('1750m')
    expect(compareQuantities('1Gi', '1G')).toBe(1)
    expect(quantityMillis('0.1')).toBe(100)
  })
})
