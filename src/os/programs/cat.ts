import { eachInput, forEachLine, type Input } from './input.ts'
import { tool } from './tool.ts'

export const cat = tool({
  name: 'cat',
  usage: '[OPTION]... [FILE]...',
  about: 'Prints files one after the other.',
  short: 'AbeEnstTuv',
  long: {
    number: 'n',
    'number-nonblank': 'b',
    'show-ends': 'E',
    'show-tabs': 'T',
    'squeeze-blank': 's',
    'show-all': 'A',
    'show-nonprinting': 'v',
  },
  busybox: { short: 'nbvteAu' },
  *run(tool) {
    const { options } = tool
    const ends = ['E', 'e', 'A'].some((key) => options.has(key))
    const tabs = ['T', 't', 'A'].some((key) => options.has(key))
    const visible = ['v', 'e', 't', 'A'].some((key) => options.has(key))
    const plain = !ends && !tabs && !visible && !options.has('n') && !options.has('b') && !options.has('s')
    let number = 0
    let blanks = 0
    const show = (line: string, terminated: boolean) => {
      blanks = line === '' ? blanks + 1 : 0
      if (options.has('s') && blanks > 1) return
      const counted = options.has('b') ? line !== '' : options.has('n')
      let text = line
      if (visible) text = text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, caret)
      if (tabs) text = text.replaceAll('\t', '^I')
      const label = counted ? `${String(++number).padStart(6)}\t` : ''
      tool.put(`${label}${text}${terminated ? (ends ? '$\n' : '\n') : ''}`)
    }
    const visit = function* (input: Input) {
      if (!plain) return yield* forEachLine(tool, input, show)
      for (;;) {
        const chunk = yield* input.read()
        if (chunk === null) return
        yield* tool.process.print(chunk)
      }
    }
    yield* eachInput(tool, visit, { busybox: "can't open" })
  },
})

const caret = (character: string): string =>
  character === '\x7f' ? '^?' : `^${String.fromCharCode(character.charCodeAt(0) + 64)}`
