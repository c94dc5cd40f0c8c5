import type { FileSystem } from '../../../os/index.ts'
import { image } from '../image.ts'
import { alpineUserland, debianUserland } from '../userland.ts'
import { redisCli } from './cli.ts'
import { redisServer } from './server.ts'

const redis = (
  tags: readonly string[],
  libc: 'glibc' | 'musl',
  userland: (files: FileSystem) => void,
  sizeBytes: number,
) =>
  image({
    name: 'docker.io/library/redis',
    tags,
    sizeBytes,
    cmd: ['redis-server'],
    workingDir: '/data',
    exposedPorts: ['6379/tcp'],
    libc,
    userland,
    programs: { '/usr/local/bin/redis-server': redisServer, '/usr/local/bin/redis-cli': redisCli },
  })

export const redisImages = [
  redis(['7', '7.4', '8', '8.2', 'latest'], 'glibc', debianUserland, 52_780_000),
  redis(['7-alpine', '7.4-alpine', '8-alpine', '8.2-alpine', 'alpine'], 'musl', alpineUserland, 21_350_000),
]
