/** IPv4 addresses as numbers, and the checks of addresses with the real messages. IPv6 is recognised, not computed with. */

/** The address as an unsigned number; undefined when it is no IPv4 address (leading zeros are refused, as Go does). */
export function parseIPv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (!match) return undefined
  let value = 0
  for (const part of match.slice(1)) {
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return undefined
    value = value * 256 + Number(part)
  }
  return value
}

export function formatIPv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
}

export function isIPv6(text: string): boolean {
  const [head, tail, ...more] = text.split('::')
  if (more.length > 0 || !text.includes(':')) return false
  const groups = [...(head ? head.split(':') : []), ...(tail ? tail.split(':') : [])]
  const dotted = groups.at(-1)?.includes('.') ? 1 : 0
  if (dotted && parseIPv4(groups.at(-1)!) === undefined) return false
  const plain = dotted ? groups.slice(0, -1) : groups
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false
  const count = plain.length + dotted * 2
  return tail === undefined ? count === 8 : count < 8
}

export const isIP = (text: string): boolean => parseIPv4(text) !== undefined || isIPv6(text)

export function checkIP(text: string): string[] {
  return isIP(text) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']
}

export interface Cidr {
  readonly base: number
  readonly prefix: number
  readonly size: number
}

export function parseCidr(text: string): Cidr | undefined {
  const [address, bits, ...more] = text.split('/')
  const base = parseIPv4(address ?? '')
  if (
    base === undefined ||
    bits === undefined ||
    more.length > 0 ||
    !/^\d{1,2}$/.test(bits) ||
    Number(bits) > 32
  )
    return undefined
  const size = 2 ** (32 - Number(bits))
  return { base: base - (base % size), prefix: Number(bits), size }
}

export function checkCidr(text: string): string[] {
  const [address, bits] = text.split('/')
  const isV6 = isIPv6(address ?? '') && /^\d{1,3}$/.test(bits ?? '') && Number(bits) <= 128
  return isV6 || parseCidr(text) ? [] : ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']
}

/** Addresses that no endpoint and no external address may be (`ValidateNonSpecialIP`). */
export function checkNonSpecialIP(text: string): string[] {
  if (!isIP(text)) return checkIP(text)
  const value = parseIPv4(text)
  const faults: string[] = []
  if (value === 0 || text === '::') faults.push(`may not be unspecified (${text})`)
  if ((value !== undefined && value >>> 24 === 127) || text === '::1')
    faults.push('may not be in the loopback range (127.0.0.0/8, ::1/128)')
  if ((value !== undefined && value >>> 16 === 0xa9fe) || /^fe[89ab]/i.test(text))
    faults.push('may not be in the link-local range (169.254.0.0/16, fe80::/10)')
  if ((value !== undefined && value >>> 8 === 0xe00000) || /^ff02:/i.test(text))
    faults.push('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')
  return faults
}
