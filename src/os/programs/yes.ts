import { tool } from './tool.ts'

export const yes = tool({
  name: 'yes',
  usage: '[STRING]...',
  about: 'Repeats a line until killed.',
  short: '',
  *run(tool) {
    const line = `${tool.operands.length > 0 ? tool.operands.join(' ') : 'y'}\n`
    const block = line.repeat(Math.max(1, Math.floor(4096 / line.length)))
    for (;;) {
      yield* tool.process.compute()
      yield* tool.process.print(block)
    }
  },
})
