import type { EndpointSlicePort } from '../../../../api/index.ts'

/**
 * The ports of a slice in the order of the hash of each (FNV-1a, 128 bits, of its Go dump), whatever order the Service
 * has them in: so Pods that resolve to the same ports share a slice. `http`, `https`, `dns` become `dns`, `https`,
 * `http`.
 */
export function inHashOrder(ports: readonly EndpointSlicePort[]): readonly EndpointSlicePort[] {
  if (ports.length < 2) return ports
  return [...ports].sort((a, b) => (hashOf(a) < hashOf(b) ? -1 : 1))
}

const hashes = new Map<string, string>()

function hashOf({ name, protocol, port, appProtocol }: EndpointSlicePort): string {
  const pointer = (type: string, value: unknown) =>
    `(*${type})${value === undefined ? '<nil>' : String(value)}`
  const dump = `(v1.EndpointPort){Name:${pointer('string', name)} Protocol:${pointer('v1.Protocol', protocol)} Port:${pointer('int32', port)} AppProtocol:${pointer('string', appProtocol)}}`
  const known = hashes.get(dump)
  if (known !== undefined) return known
  if (hashes.size >= 1000) hashes.clear()
  const hash = fnv1a128(dump)
  hashes.set(dump, hash)
  return hash
}

const BASIS = 0x6c62272e07bb014262b821756295c58dn
const PRIME = 0x1000000000000000000013bn

/** In hexadecimal. The names of ports and protocols are ASCII. */
function fnv1a128(text: string): string {
  let hash = BASIS
  for (let index = 0; index < text.length; index++)
    hash = BigInt.asUintN(128, (hash ^ BigInt(text.charCodeAt(index))) * PRIME)
  return hash.toString(16).padStart(32, '0')
}
