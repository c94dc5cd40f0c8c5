import { resolvePath, type FileSystem } from '../../../os/index.ts'

/** One directory of a file system, seen as a file system of its own: a hostPath, a subPath. */
export function subtree(files: FileSystem, root: string): FileSystem {
  const below = (path: string) => {
    const inner = resolvePath('/', path)
    return inner === '/' ? root : `${root === '/' ? '' : root}${inner}`
  }
  return {
    read: (path) => files.read(below(path)),
    write: (path, text, options) => files.write(below(path), text, options),
    list: (path) => files.list(below(path)),
    stat: (path, options) => files.stat(below(path), options),
    makeDirectory: (path, options) => files.makeDirectory(below(path), options),
    remove: (path, options) => files.remove(below(path), options),
    rename: (from, to) => files.rename(below(from), below(to)),
    link: (target, path) => files.link(target, below(path)),
    chmod: (path, mode) => files.chmod(below(path), mode),
    touch: (path, timeMs) => files.touch(below(path), timeMs),
    install: (path, program) => files.install(below(path), program),
    mount: (path, source, options) => files.mount(below(path), source, options),
    unmount: (path) => files.unmount(below(path)),
    watch: (listener) =>
      files.watch((path) => {
        if (path === root) listener('/')
        else if (path.startsWith(root === '/' ? '/' : `${root}/`))
          listener(root === '/' ? path : path.slice(root.length))
      }),
  }
}
