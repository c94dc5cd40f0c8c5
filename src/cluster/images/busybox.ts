import { image } from './image.ts'
import { busyboxUserland } from './userland.ts'

const busybox = (version: string, ...tags: string[]) =>
  image({
    name: 'docker.io/library/busybox',
    tags: [version, ...tags],
    sizeBytes: 2_156_519,
    cmd: ['sh'],
    userland: busyboxUserland(version),
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
    userland: busyboxUserland('1.37.0'),
    files: {
      '/etc/alpine-release': '3.22.1\n',
      '/etc/os-release':
        'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"\n',
    },
  }),
]
