import { base64Bytes, encodeBase64 } from '../../encoding/base64.ts'
import { sha256 } from '../../encoding/sha256.ts'
import { utf8Text } from '../../encoding/utf8.ts'
import { SystemError } from '../process.ts'
import { md5 } from './md5.ts'
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
export const sha256sum = checksum('sha256sum', (text) =>
  sha256(text)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(''),
)

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
        tool.put(utf8Text(base64Bytes(/^[A-Za-z\d+/]*/.exec(clean)![0])))
        yield* tool.complain(tool.busybox ? 'truncated input' : 'invalid input')
        return
      }
      tool.put(utf8Text(base64Bytes(clean)))
    })
  },
})
