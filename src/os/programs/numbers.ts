const SUFFIXES: Readonly<Record<string, number>> = {
  b: 512,
  k: 1024,
  K: 1024,
  kB: 1000,
  M: 1024 ** 2,
  MB: 1e6,
  G: 1024 ** 3,
}

/** A count such as `10`, `4k` or `1M`; undefined when it is none. */
export function parseCount(text: string): number | undefined {
  const match = /^(\d+)([a-zA-Z]*)$/.exec(text)
  if (!match) return undefined
  const factor = match[2] === '' ? 1 : SUFFIXES[match[2]!]
  return factor === undefined ? undefined : Number(match[1]) * factor
}

/** Seconds as sleep(1), timeout(1) and watch(1) take them: `1.5`, `2m`, `1h`, `infinity`. Undefined when it is none. */
export function parseSeconds(text: string): number | undefined {
  if (/^inf(inity)?$/i.test(text)) return Infinity
  const match = /^(\d+\.?\d*|\.\d+)(?:e([-+]?\d+))?([smhd]?)$/i.exec(text)
  if (!match) return undefined
  const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[match[3] || 's'] ?? 1
  return Number(match[1]) * 10 ** Number(match[2] ?? 0) * unit
}

/** A size for people, as `ls -h` and `df -h` print: 4.0K, 12M. */
export function humanSize(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < 5) {
    size /= 1024
    unit++
  }
  if (unit === 0) return String(bytes)
  const text = size < 9.95 ? (Math.ceil(size * 10) / 10).toFixed(1) : String(Math.ceil(size))
  return `${text}${'KMGTP'[unit - 1]}`
}
