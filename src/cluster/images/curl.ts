import { image } from './image.ts'
import { curlUserland } from './userland.ts'

export const curlImages = [
  image({
    name: 'docker.io/curlimages/curl',
    tags: ['8.17.0', 'latest'],
    sizeBytes: 9_882_531,
    entrypoint: ['/entrypoint.sh'],
    cmd: ['curl'],
    workingDir: '/home/curl_user',
    env: { CURL_CA_BUNDLE: '/cacert.pem' },
    libc: 'musl',
    userland: curlUserland,
  }),
]
