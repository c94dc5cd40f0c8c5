import { describe, expect, it } from 'vitest'
import { runImage } from '../testing/run-image.ts'
import { nginxImages } from './image.ts'

const nginx = nginxImages.find(({ tags }) => tags.includes('1.27'))!
const run = (conf?: string, files: Record<string, string> = {}) =>
  runImage(nginx, { files: { ...(conf && { '/etc/nginx/conf.d/default.conf': conf }), ...files } })

const statusAndBody = (answer: string) => [
  answer.split('\r\n')[0],
  answer.split('\r\n\r\n').slice(1).join('\r\n\r\n'),
]
const header = (answer: string, name: string) => new RegExp(`^${name}: (.*)\r$`, 'm').exec(answer)?.[1]

describe('nginx as its image has it', () => {
  it('says what it does, serves its welcome page, and logs that', () => {
    const server = run()
    const answer = server.get('/')
    expect(answer.split('\r\n\r\n')[0]!.split('\r\n').map((line) => line.split(':')[0])).toEqual([
      'HTTP/1.1 200 OK', 'Server', 'Date', 'Content-Type', 'Content-Length', 'Last-Modified', 'Connection', 'ETag', 'Accept-Ranges',
    ]) // prettier-ignore
    expect(answer).toContain('Server: nginx/1.27.5\r\n')
    expect(answer).toContain('<title>Welcome to nginx!</title>')
    const size = header(answer, 'Content-Length')
    expect(server.output()).toBe(
      [
        '2026/11/22 08:00:00 [notice] 1#1: using the "epoll" event method',
        '2026/11/22 08:00:00 [notice] 1#1: nginx/1.27.5',
        '2026/11/22 08:00:00 [notice] 1#1: OS: Linux 6.18.44-fc-v595',
        '2026/11/22 08:00:00 [notice] 1#1: getrlimit(RLIMIT_NOFILE): 20000:20000',
        '2026/11/22 08:00:00 [notice] 1#1: start worker processes',
        '2026/11/22 08:00:00 [notice] 1#1: start worker process 7',
        `10.0.0.2 - - [22/Nov/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 ${size} "-" "test" "-"`,
        '',
      ].join('\n'),
    )
  })

  it('serves files of the container, and says in its own form what it will not', () => {
    const server = run(undefined, { '/usr/share/nginx/html/a.txt': 'text\n' })
    server.files.makeDirectory('/usr/share/nginx/html/empty')
    expect(statusAndBody(server.get('/a.txt'))).toEqual(['HTTP/1.1 200 OK', 'text\n'])
    const page = (title: string) =>
      `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/1.27.5</center>\r\n</body>\r\n</html>\r\n`
    expect(statusAndBody(server.get('/nope'))).toEqual(['HTTP/1.1 404 Not Found', page('404 Not Found')])
    expect(statusAndBody(server.get('/empty/'))).toEqual(['HTTP/1.1 403 Forbidden', page('403 Forbidden')])
    expect(header(server.get('/empty'), 'Location')).toBe('http://server/empty/')
    expect(statusAndBody(server.get('/', { method: 'POST' }))).toEqual([
      'HTTP/1.1 405 Not Allowed',
      page('405 Not Allowed'),
    ])
    expect(server.output()).toContain(
      '[error] 7#7: *2 open() "/usr/share/nginx/html/nope" failed (2: No such file or directory), client: 10.0.0.2, server: localhost, request: "GET /nope HTTP/1.1", host: "server"\n',
    )
  })

  it('tests its configuration, and signals the running one', () => {
    const server = run()
    expect(server.exec('nginx', '-t')).toBe(
      'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n',
    )
    server.files.write('/etc/nginx/conf.d/default.conf', 'server { listen 80; return 200 "new\\n"; }')
    server.exec('nginx', '-s', 'reload')
    expect(statusAndBody(server.get('/'))[1]).toContain('new')
    server.exec('nginx', '-s', 'quit')
    expect(server.exit()).toBe(0)
  })
})

describe('stopping', () => {
  /** A client that has sent half of a request. */
  const halfWay = (server: ReturnType<typeof run>) => {
    let text = ''
    const connection = server.client.sockets.connectTcp(
      { address: '10.0.0.1', port: 80 },
      { data: (more) => (text += more), error: (error) => (text = error), end: () => (text += '|end') },
    )
    server.simulation.runFor(10)
    connection.send('GET / HTTP/1.1\r\nHost: x\r\n')
    server.simulation.runFor(10)
    return { text: () => text, finish: () => connection.send('\r\n') }
  }

  it('SIGTERM: at once', () => {
    const server = run()
    server.kill('SIGTERM')
    server.simulation.runFor(10)
    expect([server.exit(), server.get('/')]).toEqual([0, 'ECONNREFUSED'])
  })

  it('SIGQUIT: new connections are refused, what is slow still gets its answer', () => {
    const server = run('server { listen 80; location / { proxy_pass http://10.0.0.2:8080; } }')
    server.client.sockets.listenTcp({ address: '0.0.0.0', port: 8080 }, (connection) => {
      connection.handlers = {
        data: () =>
          server.simulation.schedule(3000, () =>
            connection.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nslow\n'),
          ),
      }
    })
    const client = halfWay(server)
    client.finish()
    server.simulation.runFor(100)
    server.kill('SIGQUIT')
    expect([server.exit(), server.get('/')]).toEqual([undefined, 'ECONNREFUSED'])
    server.simulation.runFor(4000)
    expect(client.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*slow\n/)
    expect(server.exit()).toBe(0)
    expect(server.output()).toContain('[notice] 7#7: gracefully shutting down')
  })

  it('SIGQUIT: connections that only wait are closed', () => {
    const server = run()
    const client = halfWay(server)
    client.finish()
    server.simulation.runFor(100)
    expect(client.text()).toContain('Connection: keep-alive')
    server.kill('SIGQUIT')
    server.simulation.runFor(100)
    expect(server.exit()).toBe(0)
    expect(client.text()).toContain('|end')
  })
})

describe('a configuration of one’s own', () => {
  it.each<[string, string, string, string, string]>([
    [
      'an exact location before a prefix',
      'location / { return 200 "prefix"; } location = /a { return 200 "exact"; }',
      '/a',
      '200 OK',
      'exact',
    ],
    [
      'the longest prefix',
      'location / { return 200 "short"; } location /a/ { return 200 "long"; }',
      '/a/b',
      '200 OK',
      'long',
    ],
    [
      'a regular expression before a prefix',
      'location /a { return 200 "prefix"; } location ~ \\.php$ { return 200 "regex"; }',
      '/a.php',
      '200 OK',
      'regex',
    ],
    [
      'but not before ^~',
      'location ^~ /a { return 200 "prefix"; } location ~ \\.php$ { return 200 "regex"; }',
      '/a.php',
      '200 OK',
      'prefix',
    ],
    [
      'variables',
      'location / { return 200 "$request_method $uri $arg_x $host $hostname"; }',
      '/a?x=1',
      '200 OK',
      'GET /a 1 server server',
    ],
    [
      'a redirect',
      'location / { return 301 https://example.com$request_uri; }',
      '/a?b',
      '301 Moved Permanently',
      '',
    ],
    [
      'a root and an index of its own',
      'location / { root /srv; index start.txt; }',
      '/',
      '200 OK',
      'started',
    ],
    ['alias', 'location /files/ { alias /srv/; }', '/files/start.txt', '200 OK', 'started'],
    ['try_files', 'root /srv; location / { try_files $uri /start.txt; }', '/nope', '200 OK', 'started'],
    [
      'try_files that gives up',
      'root /srv; location / { try_files $uri =404; }',
      '/nope',
      '404 Not Found',
      '',
    ],
  ])('%s', (_, body, path, status, text) => {
    const server = run(`server { listen 80; ${body} }`, {})
    server.files.makeDirectory('/srv', { parents: true })
    server.files.write('/srv/start.txt', 'started')
    const [line, answer] = statusAndBody(server.get(path))
    expect(line).toBe(`HTTP/1.1 ${status}`)
    if (text) expect(answer).toBe(text)
  })

  it('servers by name and by port', () => {
    const server = run(
      'server { listen 80 default_server; return 200 "default"; } server { listen 80; server_name a.test *.b.test; return 200 "named"; } server { listen 8080; return 200 "other port"; }',
    )
    expect(server.get('/', { host: 'x' })).toMatch(/default$/)
    expect(server.get('/', { host: 'a.test' })).toMatch(/named$/)
    expect(server.get('/', { host: 'www.b.test:80' })).toMatch(/named$/)
    expect(server.get('/', { port: 8080 })).toMatch(/other port$/)
  })

  it('adds headers', () => {
    const server = run('server { listen 80; add_header X-Pod $hostname; location / { return 200 "x"; } }')
    expect(header(server.get('/'), 'X-Pod')).toBe('server')
  })

  it('passes requests on, and says what became of that', () => {
    const server = run(
      'upstream app { server backend:9000; server 10.0.0.2:9001; } server { listen 80; location /api/ { proxy_pass http://app/v1/; proxy_set_header X-Real-IP $remote_addr; } }',
    )
    let request = ''
    server.client.sockets.listenTcp({ address: '0.0.0.0', port: 9001 }, (connection) => {
      connection.handlers = {
        data(text) {
          request += text
          connection.send(
            'HTTP/1.1 201 Created\r\nContent-Length: 3\r\nX-From: backend\r\nConnection: close\r\n\r\nhey',
          )
        },
      }
    })
    const answer = server.get('/api/things?x=1')
    expect(statusAndBody(answer)).toEqual(['HTTP/1.1 201 Created', 'hey'])
    expect(header(answer, 'X-From')).toBe('backend')
    expect(request).toMatch(
      /^GET \/v1\/things\?x=1 HTTP\/1\.0\r\nHost: app\r\n[^]*X-Real-IP: 10\.0\.0\.2\r\n/,
    )
    expect(server.output()).toContain(
      'connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.2, server: , request: "GET /api/things?x=1 HTTP/1.1", upstream: "http://10.0.0.2:9000/v1/things?x=1", host: "server"\n',
    )
  })

  it.each([
    ['server { listen 80; nosuch on; }', 'unknown directive "nosuch" in /etc/nginx/conf.d/default.conf:1'],
    ['server {\n  listen 80\n}\n', 'unexpected "}" in /etc/nginx/conf.d/default.conf:3'],
    ['server { listen 80;', 'unexpected end of file, expecting "}" in /etc/nginx/conf.d/default.conf:2'],
    [
      'server { location / { proxy_pass http://nosuch; } }',
      'host not found in upstream "nosuch" in /etc/nginx/conf.d/default.conf:1',
    ],
    [
      'server { listen 99999; }',
      'invalid port in "99999" of the "listen" directive in /etc/nginx/conf.d/default.conf:1',
    ],
  ])('%j does not start', (conf, message) => {
    const server = run(conf)
    server.simulation.runFor(60_000)
    expect([server.exit(), server.output()]).toEqual([1, `nginx: [emerg] ${message}\n`])
  })
})
