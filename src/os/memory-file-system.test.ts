import { describe, expect, it } from 'vitest'
import { createFileSystem } from './memory-file-system.ts'

describe('files', () => {
  it('fails with the errno of Linux', () => {
    const files = createFileSystem()
    files.makeDirectory('/etc')
    files.write('/etc/hosts', 'a\n')
    files.link('/loop', '/loop')
    const cases: readonly [() => unknown, string][] = [
      [() => files.read('/none'), 'ENOENT'],
      [() => files.read('/etc'), 'EISDIR'],
      [() => files.read('/etc/hosts/x'), 'ENOTDIR'],
      [() => files.read('/loop'), 'ELOOP'],
      [() => files.write('/none/x', ''), 'ENOENT'],
      [() => files.write('/etc', ''), 'EISDIR'],
      [() => files.list('/etc/hosts'), 'ENOTDIR'],
      [() => files.makeDirectory('/etc'), 'EEXIST'],
      [() => files.remove('/etc'), 'ENOTEMPTY'],
      [() => files.rename('/etc', '/etc/sub'), 'EINVAL'],
      [() => files.link('x', '/etc/hosts'), 'EEXIST'],
    ]
    for (const [act, code] of cases) expect(act, code).toThrow(expect.objectContaining({ code }))
  })

  it('follows links in the middle and at the end, with .. after them', () => {
    const files = createFileSystem()
    files.makeDirectory('/a/b', { parents: true })
    files.write('/a/file', 'text')
    files.link('a/b', '/link')
    files.link('/a/file', '/a/b/up')
    expect(files.read('/link/../file')).toBe('text')
    expect(files.read('/link/up')).toBe('text')
    files.write('/link/new', 'n')
    expect(files.list('/a/b')).toEqual(['new', 'up'])
    expect(files.stat('/link', { followLinks: false })).toMatchObject({ type: 'link', target: 'a/b' })
    expect(files.stat('/link')?.type).toBe('directory')
    files.link('nowhere', '/dangling')
    files.write('/dangling', 'made')
    expect(files.read('/nowhere')).toBe('made')
  })

  it('renames directories with what is in them and appends in place', () => {
    const files = createFileSystem()
    files.makeDirectory('/a/b/c', { parents: true })
    files.write('/a/b/c/f', '1')
    files.write('/a/b/c/f', '2', { append: true })
    files.rename('/a/b', '/z')
    expect(files.read('/z/c/f')).toBe('12')
    expect(files.list('/a')).toEqual([])
  })

  it('counts sizes in bytes', () => {
    const files = createFileSystem()
    files.write('/f', 'aé€😀')
    expect(files.stat('/f')?.size).toBe(1 + 2 + 3 + 4)
  })
})

describe('copies of a base', () => {
  it('share until either side changes, and never see each other', () => {
    const base = createFileSystem()
    base.makeDirectory('/etc/deep', { parents: true })
    base.write('/etc/deep/f', 'base')
    const one = createFileSystem(base)
    const two = createFileSystem(base)
    one.write('/etc/deep/f', 'one')
    two.remove('/etc', { recursive: true })
    base.write('/etc/deep/g', 'late')
    expect(one.read('/etc/deep/f')).toBe('one')
    expect(one.stat('/etc/deep/g')).toBeUndefined()
    expect(two.list('/')).toEqual([])
    expect(base.read('/etc/deep/f')).toBe('base')
    const three = createFileSystem(one)
    one.write('/etc/deep/f', 'changed')
    expect(three.read('/etc/deep/f')).toBe('one')
  })
})

describe('mounts', () => {
  it('hide what is below, refuse writes when read-only, and tell of changes with their full path', () => {
    const files = createFileSystem()
    const volume = createFileSystem()
    const changes: string[] = []
    files.makeDirectory('/etc/config', { parents: true })
    files.write('/etc/config/old', '')
    volume.makeDirectory('/..data')
    volume.write('/..data/key', 'value')
    volume.link('..data/key', '/key')
    files.mount('/etc/config', volume, { readOnly: true })
    files.watch((path) => changes.push(path))
    expect(files.list('/etc/config')).toEqual(['..data', 'key'])
    expect(files.read('/etc/config/key')).toBe('value')
    expect(() => files.write('/etc/config/key', 'x')).toThrow('Read-only file system')
    expect(() => files.rename('/etc/config/key', '/key')).toThrow('Invalid cross-device link')
    expect(() => files.remove('/etc', { recursive: true })).toThrow('Device or resource busy')
    volume.write('/..data/key', 'next')
    expect(changes).toEqual(['/etc/config/..data/key'])
    files.unmount('/etc/config')
    expect(files.list('/etc/config')).toEqual(['old'])
  })
})
