import { image } from './image.ts'
import { alpineUserland, busyboxUserland } from './userland.ts'

const busybox = (version: string, ...tags: string[]) =>
  image({
    name: 'docker.io/library/busybox',
    tags: [version, ...tags],
    sizeBytes: 2_156_519,
    cmd: ['sh'],
    userland: busyboxUserland,
  })

export const busyboxImages = [
  busybox('1.36.1', '1.36', '1.36.1-glibc'),
  busybox('1.37.0', '1.37', '1', 'latest', 'stable', 'glibc', '1.37.0-glibc'),
]

export const alpineImages = [
  image({
    name: 'docker.io/library/alpine',
    tags: ['3.22', '3', 'latest'],
    sizeBytes: 3_806_134,
    cmd: ['/bin/sh'],
    libc: 'musl',
    userland: alpineUserland,
  }),
]
