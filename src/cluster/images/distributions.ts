import { image } from './image.ts'
import { alpineUserland, busyboxUserland, debianUserland, toolboxUserland } from './userland.ts'

/** The minor releases and their last patch. Older ones behave as 1.37 here. */
const BUSYBOX_RELEASES: readonly (readonly [minor: number, patch: number, ...tags: string[]])[] = [
  [28, 4], [29, 3], [30, 1], [31, 1], [32, 1], [33, 1], [34, 1], [35, 0], [36, 1], [37, 0, '1', 'latest', 'stable', 'glibc'],
] // prettier-ignore

export const busyboxImages = BUSYBOX_RELEASES.map(([minor, patch, ...tags]) =>
  image({
    name: 'docker.io/library/busybox',
    tags: [`1.${minor}.${patch}`, `1.${minor}`, `1.${minor}.${patch}-glibc`, `1.${minor}-glibc`, ...tags],
    sizeBytes: 2_156_519,
    cmd: ['sh'],
    userland: busyboxUserland,
  }),
)

const alpine = (minor: number, ...tags: string[]) =>
  image({
    name: 'docker.io/library/alpine',
    tags: [`3.${minor}`, ...tags],
    sizeBytes: 3_806_134,
    cmd: ['/bin/sh'],
    libc: 'musl',
    userland: alpineUserland,
  })

export const alpineImages = [alpine(19), alpine(20), alpine(21), alpine(22, '3', 'latest')]

export const debianImages = [
  image({
    name: 'docker.io/library/debian',
    tags: ['12', 'bookworm', 'bookworm-slim', '12-slim', 'latest', 'stable', 'stable-slim'],
    sizeBytes: 48_479_000,
    cmd: ['bash'],
    userland: debianUserland,
  }),
]

/** Images that people bring along to look around with: every tool of a networker in one place. */
export const toolboxImages = [
  image({
    name: 'docker.io/nicolaka/netshoot',
    tags: ['latest', 'v0.13', 'v0.14'],
    sizeBytes: 205_000_000,
    cmd: ['bash'],
    userland: toolboxUserland,
  }),
  image({
    name: 'registry.k8s.io/e2e-test-images/jessie-dnsutils',
    tags: ['1.3', '1.5', '1.7'],
    sizeBytes: 112_000_000,
    cmd: ['sleep', 'infinity'],
    userland: toolboxUserland,
  }),
]
