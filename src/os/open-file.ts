import type { FileSystem } from './file-system.ts'
import { SystemError } from './process.ts'
import type { OpenFile, OpenMode, Process } from './process.ts'

const CHUNK = 65_536

/**
 * open(2): a file by its path, which must be absolute. Devices are opened as what they stand for; `/dev/fd/N` and
 * its kin are the caller's own descriptors.
 * @throws SystemError ENOENT, EISDIR, EEXIST, EROFS ...
 */
export function openPath(
  process: Pick<Process, 'files' | 'machine'>,
  path: string,
  mode: OpenMode,
): OpenFile {
  const { files } = process.machine
  const descriptor = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)?.[1]
  const status = files.stat(path)
  if (descriptor !== undefined) return ownDescriptor(process, Number(descriptor))
  if (status?.type === 'device') return openDevice(process, status.device ?? 'null')
  if (status?.type === 'directory') throw new SystemError('EISDIR')
  if (status && mode === 'write-new') throw new SystemError('EEXIST')
  if (!status && mode === 'read') {
    files.read(path)
    throw new SystemError('ENOENT')
  }
  if (mode === 'write' || mode === 'write-new') files.write(path, '')
  else if (!status) files.write(path, '')
  return new DiskFile(files, path, mode)
}

/** One open file description on disk: the offset is shared by all descriptors that were duplicated from it. */
class DiskFile implements OpenFile {
  readonly #files: FileSystem
  readonly #path: string
  readonly #mode: OpenMode
  #offset = 0
  #returned = ''

  constructor(files: FileSystem, path: string, mode: OpenMode) {
    this.#files = files
    this.#path = path
    this.#mode = mode
  }

  // eslint-disable-next-line require-yield
  *read() {
    if (this.#mode !== 'read' && this.#mode !== 'read-write') throw new SystemError('EBADF')
    if (this.#returned !== '') {
      const text = this.#returned
      this.#returned = ''
      return text
    }
    const text = this.#files.read(this.#path).slice(this.#offset, this.#offset + CHUNK)
    this.#offset += text.length
    return text === '' ? null : text
  }

  unread(text: string): void {
    this.#returned = text + this.#returned
  }

  // eslint-disable-next-line require-yield
  *write(text: string) {
    if (this.#mode === 'read') throw new SystemError('EBADF')
    if (this.#mode === 'append') return this.#files.write(this.#path, text, { append: true })
    this.#offset -= this.#returned.length
    this.#returned = ''
    const old = contents(this.#files, this.#path)
    if (this.#offset === old.length) this.#files.write(this.#path, text, { append: true })
    else {
      const before = old.slice(0, this.#offset).padEnd(this.#offset, '\0')
      this.#files.write(this.#path, before + text + old.slice(this.#offset + text.length))
    }
    this.#offset += text.length
  }

  close(): void {}
}

/** What is in a file now; nothing, where it was removed meanwhile. */
function contents(files: FileSystem, path: string): string {
  try {
    return files.read(path)
  } catch (error) {
    if (error instanceof SystemError && error.code === 'ENOENT') return ''
    throw error
  }
}

function openDevice(process: Pick<Process, 'files'>, device: string): OpenFile {
  if (device.startsWith('fd/')) return ownDescriptor(process, Number(device.slice(3)))
  if (device === 'tty') {
    const terminal = [...process.files.values()].find((file) => file.terminal)
    if (!terminal) throw new SystemError('ENXIO')
    return terminal
  }
  return deviceFile(device)
}

function ownDescriptor(process: Pick<Process, 'files'>, descriptor: number): OpenFile {
  const file = process.files.get(descriptor)
  if (!file) throw new SystemError('ENOENT')
  return file
}

const ZEROS = '\0'.repeat(4096)

/** `null`, `zero` or `full` of null(4) and full(4). */
function deviceFile(device: string): OpenFile {
  /* eslint-disable require-yield */
  return {
    *read() {
      return device === 'null' ? null : ZEROS
    },
    *write() {
      if (device === 'full') throw new SystemError('ENOSPC')
    },
    unread() {},
    close() {},
  }
}

/** /dev/null: ends at once when read, swallows what is written. */
export function nullFile(): OpenFile {
  return deviceFile('null')
}

/** Where a real kernel puts them. Makes `/dev` with its devices, and `/tmp`. */
export function makeDevices(files: { makeDevice(path: string, device: string): void } & FileSystem): void {
  for (const directory of ['/dev', '/tmp']) files.makeDirectory(directory, { parents: true })
  for (const device of ['null', 'zero', 'full', 'tty']) files.makeDevice(`/dev/${device}`, device)
  for (const [index, name] of ['stdin', 'stdout', 'stderr'].entries())
    files.makeDevice(`/dev/${name}`, `fd/${index}`)
}
