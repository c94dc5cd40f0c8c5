import { parseQuantity as readQuantity } from '../../api/quantity.ts'
import { CommandError } from '../errors.ts'

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** The value of a Kubernetes quantity (`100m`, `64Mi`, `1e3`), undefined when the text is none. */
export function parseQuantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text)
  if (!match) return undefined
  return Number(match[1]! + (match[2] ?? '')) * SUFFIXES[match[3] ?? '']!
}

export const isQuantity = (text: string): boolean => typeof readQuantity(text) !== 'string'

/** @throws CommandError with the server's words when the text is no quantity */
export function checkQuantity(text: string): void {
  const read = readQuantity(text)
  if (typeof read === 'string') throw new CommandError(read)
}
