/**
 * An IP address as an integer: IPv4 is its unsigned 32 bits. Numbers compare, hash and mask at no cost, and leave the
 * integers from 2^32 on free for interned IPv6 addresses; nothing outside this file looks inside one.
 */
export type Address = number

/** `0.0.0.0`: every address of the host when listening, none when sending. */
export const UNSPECIFIED: Address = 0

/** An address and how many of its leading bits count, as in `10.244.0.0/16`. */
export interface Prefix {
  readonly address: Address
  readonly length: number
  /** The leading `length` bits set, unsigned. */
  readonly mask: number
}

/** @throws RangeError when `text` is no dotted IPv4 address. */
export function parseAddress(text: string): Address {
  const address = tryParseAddress(text)
  if (address === undefined) throw new RangeError(`not an IPv4 address: ${text}`)
  return address
}

/** `undefined` when `text` is no dotted IPv4 address. */
export function tryParseAddress(text: string): Address | undefined {
  let address = 0
  let octet = 0
  let digits = 0
  let octets = 1
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === DOT && digits > 0) {
      address = address * 256 + octet
      octet = digits = 0
      octets++
    } else if (code >= ZERO && code <= NINE && digits < 3) {
      octet = octet * 10 + code - ZERO
      if (octet > 255) return undefined
      digits++
    } else return undefined
  }
  return octets === 4 && digits > 0 ? address * 256 + octet : undefined
}

const [DOT, ZERO, NINE] = [46, 48, 57]

/** Dotted decimal. */
export function formatAddress(address: Address): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

/** `a.b.c.d/n`, or a bare address, which is a `/32`. @throws RangeError when it is neither. */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf('/')
  const length = slash < 0 ? 32 : Number(text.slice(slash + 1))
  if (!Number.isInteger(length) || length < 0 || length > 32) throw new RangeError(`not a prefix: ${text}`)
  return prefix(parseAddress(slash < 0 ? text : text.slice(0, slash)), length)
}

export function prefix(address: Address, length: number): Prefix {
  return { address, length, mask: maskOf(length) }
}

/** The same prefix with the bits behind its length cleared: the network an interface address lies in. */
export function networkOf({ address, length, mask }: Prefix): Prefix {
  return { address: (address & mask) >>> 0, length, mask }
}

export function formatPrefix({ address, length }: Prefix): string {
  return `${formatAddress(address)}/${length}`
}

export function inPrefix(address: Address, { address: base, mask }: Prefix): boolean {
  return ((address ^ base) & mask) === 0
}

/** Addresses from one to another, both included. */
export interface AddressRange {
  readonly first: Address
  readonly last: Address
}

export const rangeOf = (prefix: Prefix): AddressRange => {
  const { address, length } = networkOf(prefix)
  return { first: address, last: address + 2 ** (32 - length) - 1 }
}

/** The fewest ranges that hold the same addresses, in order. */
export function mergeRanges(ranges: readonly AddressRange[]): AddressRange[] {
  const merged: AddressRange[] = []
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = merged.at(-1)
    if (!before || range.first > before.last + 1) merged.push(range)
    else merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, range.last) }
  }
  return merged
}

/** What is left of a range without others. */
export function subtractRanges(range: AddressRange, others: readonly AddressRange[]): AddressRange[] {
  const left: AddressRange[] = []
  let first = range.first
  for (const other of mergeRanges(others)) {
    if (other.last < first || other.first > range.last) continue
    if (other.first > first) left.push({ first, last: other.first - 1 })
    first = other.last + 1
  }
  if (first <= range.last) left.push({ first, last: range.last })
  return left
}

/** An address, a prefix if the range is one, or `first-last`. */
export function formatRange({ first, last }: AddressRange): string {
  const bits = Math.log2(last - first + 1)
  if (bits === 0) return formatAddress(first)
  return Number.isInteger(bits) && first % 2 ** bits === 0
    ? `${formatAddress(first)}/${32 - bits}`
    : `${formatAddress(first)}-${formatAddress(last)}`
}

/** 127.0.0.0/8. */
export const isLoopback = (address: Address): boolean => address >>> 24 === 127

/** 224.0.0.0/4. */
export const isMulticast = (address: Address): boolean => address >>> 28 === 14

const maskOf = (length: number): number => (length === 0 ? 0 : (-1 << (32 - length)) >>> 0)
