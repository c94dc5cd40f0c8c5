import { absolute } from './paths.ts'
import { tool } from './tool.ts'

export const which = tool({
  name: 'which',
  usage: '[-a] COMMAND...',
  short: 'as',
  *run(tool) {
    const { process } = tool
    for (const name of tool.operands) {
      const directories = name.includes('/')
        ? ['']
        : (process.env.get('PATH') ?? '/usr/sbin:/usr/bin:/sbin:/bin').split(':')
      const found = directories
        .map((directory) => (directory === '' ? name : `${directory}/${name}`))
        .filter((path) => {
          const status = process.machine.files.stat(absolute(process, path))
          return status?.type === 'file' && (status.mode & 0o111) !== 0
        })
      if (found.length === 0) tool.status = 1
      for (const path of tool.options.has('a') ? found : found.slice(0, 1)) tool.put(`${path}\n`)
    }
  },
})
