import { formatAddress } from '../address.ts'

/** A field of a key: an address or a number as such, the rest by the name that nft prints. */
export type Value = number | string

interface DataType {
  text(value: Value): string
  /** As the kernel keeps it, in network order. */
  bytes(value: Value): readonly number[]
  /** How many of its kind nft prints on a line. */
  readonly perLine: number
}

const octets = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => Math.floor(value / 256 ** (count - 1 - index)) % 256)

const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, sctp: 132 }

/** The types that sets may be of. */
const DATA_TYPES = {
  ipv4_addr: {
    text: (value) => formatAddress(value as number),
    bytes: (value) => octets(value as number, 4),
    perLine: 2,
  },
  /** Declared by the tables of the other family, which hold none. */
  ipv6_addr: { text: String, bytes: () => [], perLine: 1 },
  inet_proto: { text: String, bytes: (value) => [PROTOCOL_NUMBERS[value] ?? 0], perLine: 5 },
  inet_service: { text: String, bytes: (value) => octets(value as number, 2), perLine: 5 },
} as const satisfies Readonly<Record<string, DataType>>

export type DataTypeName = keyof typeof DATA_TYPES

/** `10.96.0.10 . tcp . 53`. */
export const keyText = (types: readonly DataTypeName[], key: readonly Value[]): string =>
  key.map((value, index) => DATA_TYPES[types[index]!].text(value)).join(' . ')

/** How many elements of these types stand on a line. */
export const perLine = (types: readonly DataTypeName[]): number =>
  types.length === 1 ? DATA_TYPES[types[0]!].perLine : 1

/**
 * The order in which nft lists elements. Of a single field, by value; keys of several are read as one number whose
 * last byte counts most, a peculiarity of nft on little-endian machines.
 */
export function compareKeys(
  types: readonly DataTypeName[],
  a: readonly Value[],
  b: readonly Value[],
): number {
  const ofA = bytesOf(types, a)
  const ofB = bytesOf(types, b)
  for (let index = 0; index < ofA.length; index++) {
    const difference = ofA[index]! - ofB[index]!
    if (difference !== 0) return difference
  }
  return 0
}

function bytesOf(types: readonly DataTypeName[], key: readonly Value[]): number[] {
  const bytes = key.flatMap((value, index) => DATA_TYPES[types[index]!].bytes(value))
  return types.length === 1 ? bytes : bytes.reverse()
}
