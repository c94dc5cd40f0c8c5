import { getaddrinfo } from '../../net/resolver.ts'
import { absolute } from '../paths.ts'
import { tool, type Tool } from '../tool.ts'

/** getent: hosts by the resolver, the other databases by their files. */
export const getent = tool({
  name: 'getent',
  usage: 'DATABASE [KEY]...',
  short: 's:i',
  *run(tool: Tool) {
    const [database, ...keys] = tool.operands
    if (database === undefined) tool.usageError('wrong number of arguments')
    if (!/^(hosts|ahosts|ahostsv4|passwd|group|services)$/.test(database)) {
      yield* tool.process.printError(
        `Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.\n`,
      )
      return 1
    }
    if (!database.includes('hosts')) return yield* fromFile(tool, `/etc/${database}`, keys)
    for (const key of keys) {
      const found = yield* getaddrinfo(tool.process, key, database === 'ahosts' ? {} : { family: 4 })
      if (!found.ok) return 2
      if (database === 'hosts') {
        for (const address of found.addresses) tool.put(`${address.padEnd(15)} ${found.canonicalName}\n`)
        continue
      }
      for (const [index, address] of found.addresses.entries()) {
        const name = index === 0 ? found.canonicalName : ''
        tool.put(
          `${address.padEnd(15)} STREAM ${name}\n${address.padEnd(15)} DGRAM  \n${address.padEnd(15)} RAW    \n`,
        )
      }
    }
    return 0
  },
})

function* fromFile(tool: Tool, path: string, keys: readonly string[]) {
  const { files } = tool.process.machine
  const lines = files.stat(absolute(tool.process, path))
    ? files
        .read(path)
        .split('\n')
        .filter((line) => line !== '')
    : []
  const found =
    keys.length === 0
      ? lines
      : keys.flatMap((key) => lines.filter((line) => line.split(/[:\s]/).includes(key)).slice(0, 1))
  yield* tool.print(found.map((line) => `${line}\n`).join(''))
  return found.length > 0 || keys.length === 0 ? 0 : 2
}
