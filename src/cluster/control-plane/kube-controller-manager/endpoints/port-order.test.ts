import { expect, it } from 'vitest'
import { inHashOrder } from './port-order.ts'

const tcp = (name: string, port: number) => ({ name, protocol: 'TCP', port })
const udp = (name: string, port: number) => ({ name, protocol: 'UDP', port })

/** Service ports, and the order in which a real cluster's slices had them. */
it.each([
  [[tcp('http', 80), tcp('https', 8443), udp('dns', 53)], 'dns https http'],
  [[tcp('http', 80), tcp('alt', 80)], 'alt http'],
  [[tcp('http', 80), tcp('https', 80)], 'https http'],
  [[udp('dns', 53), tcp('dns-tcp', 53)], 'dns dns-tcp'],
])('%o', (ports, order) => {
  expect(
    inHashOrder(ports)
      .map(({ name }) => name)
      .join(' '),
  ).toBe(order)
})
