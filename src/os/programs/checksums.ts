import { SystemError } from '../process.ts'
import { md5, sha256, utf8Bytes, utf8Text } from './digest.ts'
import { eachInput, openInput, readInput, splitLines } from './input.ts'
import { tool, type Tool } from './tool.ts'

const checksum = (name: string, digest: (text: string) => string) =>
  tool({
    name,
    usage: '[-c] [FILE]...',
    about: 'Prints or checks digests of files.',
    short: 'cswbt',
    long: { check: 'c', binary: 'b', text: 't', status: 's', quiet: 'q' },
    *run(tool: Tool) {
      if (tool.options.has('c')) return yield* check(tool, digest)
      yield* eachInput(
        tool,
        function* (input) {
          tool.put(`${digest(yield* readInput(tool.process, input.name))}  ${input.name}\n`)
        },
        { busybox: "can't open" },
      )
      return undefined
    },
  })

export const md5sum = checksum('md5sum', md5)
export const sha256sum = checksum('sha256sum', sha256)

function* check(tool: Tool, digest: (text: string) => string) {
  let failed = 0
  for (const line of splitLines(yield* readInput(tool.process, tool.operands[0] ?? '-'))) {
    const [, expected, name] = /^([\da-f]+) [ *](.*)$/.exec(line) ?? []
    if (name === undefined) continue
    let result: string
    try {
      openInput(tool.process, name)
      result = digest(yield* readInput(tool.process, name)) === expected ? 'OK' : 'FAILED'
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* tool.complainOpen(name, error, { busybox: "can't open" })
      result = 'FAILED'
    }
    if (result === 'FAILED') failed++
    if (!tool.options.has('s')) tool.put(`${name}: ${result}\n`)
  }
  if (failed > 0)
    yield* tool.complain(
      tool.busybox
        ? `WARNING: ${failed} of ${failed} computed checksums did NOT match`
        : `WARNING: ${failed} computed checksum${failed > 1 ? 's' : ''} did NOT match`,
    )
  return failed > 0 ? 1 : 0
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export const base64 = tool({
  name: 'base64',
  usage: '[-d] [-w COL] [FILE]',
  about: 'Encodes or decodes base64.',
  short: 'diw:',
  long: { decode: 'd', 'ignore-garbage': 'i', wrap: 'w' },
  *run(tool: Tool) {
    yield* eachInput(tool, function* (input) {
      const text = yield* readInput(tool.process, input.name)
      if (!tool.options.has('d')) {
        const encoded = encodeBase64(text)
        const width = Number(tool.options.get('w') ?? 76)
        tool.put(width === 0 ? encoded : encoded.replace(new RegExp(`.{1,${width}}`, 'g'), '$&\n'))
        return
      }
      const clean = text.replace(/\s/g, '')
      if (!tool.options.has('i') && (/[^A-Za-z\d+/=]/.test(clean) || clean.length % 4 !== 0)) {
        tool.put(decodeBase64(/^[A-Za-z\d+/]*/.exec(clean)![0]))
        yield* tool.complain(tool.busybox ? 'truncated input' : 'invalid input')
        return
      }
      tool.put(decodeBase64(clean))
    })
  },
})

export function encodeBase64(text: string): string {
  const bytes = utf8Bytes(text)
  let result = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.slice(at, at + 3)
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    result += ALPHABET[group >> 18]! + ALPHABET[(group >> 12) & 63]!
    result +=
      (b === undefined ? '=' : ALPHABET[(group >> 6) & 63]!) + (c === undefined ? '=' : ALPHABET[group & 63]!)
  }
  return result
}

export function decodeBase64(text: string): string {
  const bytes: number[] = []
  let bits = 0
  let count = 0
  for (const character of text) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) continue
    bits = ((bits << 6) | value) & 0xffffff
    count += 6
    if (count >= 8) {
      count -= 8
      bytes.push((bits >> count) & 255)
    }
  }
  return utf8Text(bytes)
}
