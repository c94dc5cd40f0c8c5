import type { FileSystem } from '../../os/index.ts'
import { installBusybox } from '../../os/programs/busybox.ts'
import { curl } from '../../os/programs/catalog.ts'
import { installDebian, type DebianOptions } from '../../os/programs/debian.ts'
import { ash, bash } from '../../os/shell/index.ts'

const makeDirectories = (files: FileSystem, ...paths: readonly string[]) => {
  for (const path of paths) files.makeDirectory(path, { parents: true })
}

/** busybox and nothing else: its applets in /bin, its shell as sh. */
export function busyboxUserland(files: FileSystem): void {
  makeDirectories(files, '/home', '/lib', '/lib64', '/usr/sbin', '/var/spool/mail', '/var/www')
  installBusybox(files)
  for (const name of ['sh', 'ash']) files.install(`/bin/${name}`, ash)
  files.write('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n')
}

/** Alpine: busybox's applets on musl, with the files that tell the release. */
export function alpineUserland(files: FileSystem): void {
  busyboxUserland(files)
  makeDirectories(files, '/media', '/mnt', '/opt', '/run', '/srv', '/var/cache', '/var/log', '/var/tmp')
  files.write('/etc/alpine-release', '3.22.1\n')
  files.write(
    '/etc/os-release',
    'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"\n',
  )
}

/** Alpine with curl. */
export function curlUserland(files: FileSystem): void {
  alpineUserland(files)
  files.makeDirectory('/usr/bin', { parents: true })
  files.install('/usr/bin/curl', curl)
}

/** Debian slim with curl, as official images of servers have it: bash, coreutils, no ping, no wget. /bin/sh is dash, an ash. */
export function debianUserland(files: FileSystem): void {
  installDebianWith(files, { full: false, curl: true })
}

/** Debian with everything that a networker brings along. */
export function toolboxUserland(files: FileSystem): void {
  installDebianWith(files, { full: true, curl: true })
}

function installDebianWith(files: FileSystem, options: DebianOptions): void {
  makeDirectories(
    files,
    '/boot',
    '/home',
    '/lib',
    '/lib64',
    '/media',
    '/mnt',
    '/opt',
    '/run',
    '/srv',
    '/var/log',
  )
  makeDirectories(files, '/usr/local/bin', '/usr/local/sbin')
  installDebian(files, options)
  files.install('/usr/bin/bash', bash)
  files.install('/usr/bin/sh', ash)
  files.write(
    '/etc/os-release',
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
  )
  files.write('/etc/debian_version', '12.12\n')
}
