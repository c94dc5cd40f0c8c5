import { eachInput, readInput } from './input.ts'
import { tool } from './tool.ts'

export const tac = tool({
  name: 'tac',
  usage: '[FILE]...',
  short: '',
  *run(tool) {
    yield* eachInput(
      tool,
      function* (input) {
        const lines = (yield* readInput(tool.process, input.name)).split(/(?<=\n)/)
        tool.put(lines.reverse().join(''))
      },
      { gnu: 'cannot open' },
    )
  },
})
