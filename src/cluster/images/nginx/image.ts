import type { Program } from '../../../os/index.ts'
import { image, type Image } from '../image.ts'
import { debianUserland } from '../userland.ts'
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

function nginx(version: string, packageRelease: string, sizeBytes: number, ...tags: string[]): Image {
  const program = nginxProgram(version)
  return image({
    name: 'docker.io/library/nginx',
    tags: [version, version.replace(/\.\d+$/, ''), ...tags],
    sizeBytes,
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['nginx', '-g', 'daemon off;'],
    stopSignal: 'SIGQUIT',
    exposedPorts: ['80/tcp'],
    env: { NGINX_VERSION: version, PKG_RELEASE: packageRelease },
    userland: debianUserland,
    files: {
      '/etc/nginx/nginx.conf': NGINX_CONF,
      '/etc/nginx/mime.types': MIME_TYPES,
      '/etc/nginx/conf.d/default.conf': DEFAULT_CONF,
      '/usr/share/nginx/html/index.html': WELCOME_PAGE,
      '/usr/share/nginx/html/50x.html': ERROR_50X_PAGE,
    },
    programs: { '/docker-entrypoint.sh': entrypoint, '/usr/sbin/nginx': program },
    links: { '/var/log/nginx/access.log': '/dev/stdout', '/var/log/nginx/error.log': '/dev/stderr' },
  })
}

export const nginxImages = [
  nginx('1.25.5', '1~bookworm', 70_991_862),
  nginx('1.26.3', '1~bookworm', 72_195_000),
  nginx('1.27.5', '1~bookworm', 72_404_038),
  nginx('1.28.0', '1~bookworm', 72_233_451, 'stable'),
  nginx('1.29.3', '1~bookworm', 59_774_010, '1', 'latest', 'mainline'),
]
