import type { FileSystem } from '../../os/index.ts'
import { installBusybox } from '../../os/programs/busybox.ts'
import { installDebian } from '../../os/programs/debian.ts'

/** busybox and nothing else: its applets in /bin, its shell as sh. */
export const busyboxUserland =
  (version: string) =>
  (files: FileSystem): void =>
    installBusybox(files, { version })

/** Debian slim with curl, as the official images of servers have it: bash, coreutils, no ping, no wget. */
export const debianUserland = (files: FileSystem): void => installDebian(files, { curl: true })
