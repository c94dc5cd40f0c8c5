import { eachInput, forEachLine } from './input.ts'
import { tool } from './tool.ts'

export const rev = tool({
  name: 'rev',
  usage: '[FILE]...',
  short: '',
  *run(tool) {
    yield* eachInput(tool, (input) =>
      forEachLine(tool, input, (line, terminated) =>
        tool.put([...line].reverse().join('') + (terminated ? '\n' : '')),
      ),
    )
  },
})
