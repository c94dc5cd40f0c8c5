import type { FileSystem } from '../os/index.ts'
import type { FileEntry } from './protocol.ts'

/** Everything below `root`, sorted by path. */
export function filesBelow(files: FileSystem, root: string): readonly FileEntry[] {
  const found: FileEntry[] = []
  const walk = (folder: string): void => {
    for (const name of files.list(folder)) {
      const path = `${folder}/${name}`
      const status = files.stat(path)
      if (!status) continue
      const directory = status.type === 'directory'
      found.push({
        path: path.slice(root.length + 1),
        directory,
        size: status.size,
        modifiedMs: status.modifiedMs,
      })
      if (directory) walk(path)
    }
  }
  walk(root)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}
