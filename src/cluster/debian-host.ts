import { createFileSystem, makeDevices, type FileSystem } from '../os/index.ts'
import { installDebian } from '../os/programs/debian.ts'
import { bash } from '../os/shell/index.ts'

const DIRECTORIES = ['/dev', '/etc', '/proc', '/root', '/tmp', '/run', '/var/log']

let shared: FileSystem | undefined

/** A Debian 12 with the tools of an administrator: what laptop and nodes are copies of. Never to be changed. */
export function debianHost(): FileSystem {
  if (shared) return shared
  const files = createFileSystem()
  for (const path of DIRECTORIES) files.makeDirectory(path, { parents: true })
  makeDevices(files)
  installDebian(files)
  for (const name of ['bash', 'sh']) files.install(`/usr/bin/${name}`, bash)
  files.write(
    '/etc/os-release',
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
  )
  shared = files
  return files
}
