import type { FileStatus } from '../file-system.ts'

/** `drwxr-xr-x` as ls(1) prints it. */
export function modeText(status: FileStatus): string {
  const type = { file: '-', directory: 'd', link: 'l', device: 'c' }[status.type]
  const bits = [6, 3, 0].map((shift) => {
    const three = (status.mode >> shift) & 7
    return `${three & 4 ? 'r' : '-'}${three & 2 ? 'w' : '-'}${three & 1 ? 'x' : '-'}`
  })
  return type + bits.join('')
}

/** chmod's modes, octal or symbolic (`u+x,go-w`), applied to a mode; undefined when it is none. */
export function applyMode(text: string, mode: number, isDirectory: boolean): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return parseInt(text, 8)
  let result = mode
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause)
    if (!match) return undefined
    const [, who = '', operator, letters = ''] = match
    const executable = isDirectory || (mode & 0o111) !== 0
    const bits = [...letters].reduce(
      (sum, letter) => sum | (letter === 'X' ? (executable ? 1 : 0) : ({ r: 4, w: 2, x: 1 }[letter] ?? 0)),
      0,
    )
    for (const [name, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (who !== '' && !who.includes(name) && !who.includes('a')) continue
      // Without a who, the umask (022) keeps group and others from writing.
      const masked = who === '' && name !== 'u' ? bits & ~2 : bits
      if (operator === '=') result = (result & ~(7 << shift)) | (masked << shift)
      else if (operator === '+') result |= masked << shift
      else result &= ~(masked << shift)
    }
  }
  return result
}
