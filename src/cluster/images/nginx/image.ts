import type { FileSystem, Program } from '../../../os/index.ts'
import { image, type Image } from '../image.ts'
import { curlUserland, debianUserland } from '../userland.ts'
import { ERROR_50X_PAGE, WELCOME_PAGE } from './pages.ts'
import { nginxProgram } from './program.ts'

const NGINX_CONF = `
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;

    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
`

const DEFAULT_CONF = `server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`

const MIME_TYPES = `types {
    text/html                                        html htm shtml;
    text/css                                         css;
    text/plain                                       txt;
    application/javascript                           js;
    application/json                                 json;
    image/png                                        png;
    image/svg+xml                                    svg svgz;
}
`

/** The image's entrypoint script: prepares nothing here, becomes the command it is given. */
const entrypoint: Program = function* (process) {
  const [command = '', ...args] = process.argv.slice(1)
  const path = process.resolve(command)
  const program = path && process.machine.programAt(path)
  if (program) return yield* process.exec(program, [command, ...args])
  yield* process.printError(`/docker-entrypoint.sh: 47: exec: ${command}: not found\n`)
  return 127
}

/** What an image of one release is built on; the same files, another distribution around them. */
interface Base {
  /** What its tags end with: `-alpine`. */
  readonly suffix: string
  readonly sizeBytes: number
  readonly libc: 'glibc' | 'musl'
  readonly userland: (files: FileSystem) => void
}

const DEBIAN: Base = { suffix: '', sizeBytes: 72_404_038, libc: 'glibc', userland: debianUserland }
const ALPINE: Base = { suffix: '-alpine', sizeBytes: 21_544_284, libc: 'musl', userland: curlUserland }

function nginx(version: string, tags: readonly string[], base: Base): Image {
  const isOlderThan = (minor: number, patch = 0) => {
    const [, itsMinor = 0, itsPatch = 0] = version.split('.').map(Number)
    return itsMinor < minor || (itsMinor === minor && itsPatch < patch)
  }
  return image({
    name: 'docker.io/library/nginx',
    tags: tags.map((tag) => (tag === 'latest' && base.suffix ? base.suffix.slice(1) : tag + base.suffix)),
    sizeBytes: base.sizeBytes,
    // The script came with 1.19, the graceful stop with 1.19.5.
    entrypoint: isOlderThan(19) ? [] : ['/docker-entrypoint.sh'],
    stopSignal: isOlderThan(19, 5) ? 'SIGTERM' : 'SIGQUIT',
    cmd: ['nginx', '-g', 'daemon off;'],
    exposedPorts: ['80/tcp'],
    env: { NGINX_VERSION: version, PKG_RELEASE: base.suffix ? '1' : '1~bookworm' },
    libc: base.libc,
    userland: base.userland,
    files: {
      '/etc/nginx/nginx.conf': NGINX_CONF,
      '/etc/nginx/mime.types': MIME_TYPES,
      '/etc/nginx/conf.d/default.conf': DEFAULT_CONF,
      '/usr/share/nginx/html/index.html': WELCOME_PAGE,
      '/usr/share/nginx/html/50x.html': ERROR_50X_PAGE,
    },
    programs: { '/docker-entrypoint.sh': entrypoint, '/usr/sbin/nginx': nginxProgram(version) },
    links: { '/var/log/nginx/access.log': '/dev/stdout', '/var/log/nginx/error.log': '/dev/stderr' },
  })
}

/** The minor releases and their last patch; every patch has its tag, the last one also the minor's. */
const RELEASES: readonly (readonly [minor: number, lastPatch: number, ...tags: string[]])[] = [
  [14, 2], [15, 12], [16, 1], [17, 10], [18, 0], [19, 10], [20, 2], [21, 6], [22, 1], [23, 4], [24, 0], [25, 5], [26, 3], [27, 5],
  [28, 0, 'stable'], [29, 3, '1', 'latest', 'mainline'],
] // prettier-ignore

export const nginxImages = RELEASES.flatMap(([minor, lastPatch, ...tags]) =>
  Array.from({ length: lastPatch + 1 }, (_, patch) => {
    const version = `1.${minor}.${patch}`
    const names = patch === lastPatch ? [version, `1.${minor}`, ...tags] : [version]
    return [nginx(version, names, DEBIAN), nginx(version, names, ALPINE)]
  }).flat(),
)
