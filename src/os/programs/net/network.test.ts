import { describe, expect, it } from 'vitest'
import { runOn } from '../testing.ts'
import { run, SERVER, world } from './testing-world.ts'

describe('busybox wget', () => {
  it.each([
    ['wget -qO- http://web', 'hello\n', '', 0],
    [
      'wget -O- http://web',
      'hello\n',
      'Connecting to web (10.0.0.2:80)\nwriting to stdout\n-                    100% |********************************|     6  0:00:00 ETA\nwritten to stdout\n',
      0,
    ],
    ['wget -qO- web:81', '', "wget: can't connect to remote host (10.0.0.2): Connection refused\n", 1],
    ['wget -qO- http://nosuch', '', "wget: bad address 'nosuch'\n", 1],
    [
      'wget http://web/nope',
      '',
      'Connecting to web (10.0.0.2:80)\nwget: server returned error: HTTP/1.1 404 Not Found\n',
      1,
    ],
    ['wget -q -T 2 -O- http://web/slow', '', 'wget: download timed out\n', 1],
    ['wget --spider http://web', '', 'Connecting to web (10.0.0.2:80)\nremote file exists\n', 0],
    ['wget -qO- http://web/moved', 'hello\n', '', 0],
    ['wget -qO- http://web/chunks', 'abcdefgh', '', 0],
    ['wget -qO- --post-data a=1 http://web/echo', 'POST application/x-www-form-urlencoded a=1\n', '', 0],
  ])('%s', (command, stdout, stderr, code) => {
    expect(run('busybox', command)).toMatchObject({ stdout, stderr, code })
  })
})

describe('curl', () => {
  it.each([
    ['curl -s http://web', 'hello\n', '', 0],
    [
      'curl -sS web:81',
      '',
      "curl: (7) Failed to connect to web port 81 after 0 ms: Couldn't connect to server\n",
      7,
    ],
    ['curl -sS http://nosuch', '', 'curl: (6) Could not resolve host: nosuch\n', 6],
    [
      'curl -sS -m 2 http://web/slow',
      '',
      'curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\n',
      28,
    ],
    ['curl -sSf http://web/nope', '', 'curl: (22) The requested URL returned error: 404\n', 22],
    ['curl -s -o /dev/null -w %{http_code} http://web/nope', '404', '', 0],
    ['curl -sL http://web/moved', 'hello\n', '', 0],
    [
      'curl -sI http://web',
      'HTTP/1.1 200 OK\r\nServer: test\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n',
      '',
      0,
    ],
    ['curl -s -d a=1 http://web/echo', 'POST application/x-www-form-urlencoded a=1\n', '', 0],
    ['curl --resolve app:80:10.0.0.2 -s http://app/', 'hello\n', '', 0],
    ['curl -sS foo://x', '', 'curl: (1) Protocol "foo" not supported or disabled in libcurl\n', 1],
    ['curl', '', "curl: try 'curl --help' or 'curl --manual' for more information\n", 2],
    [
      'curl --nosuch',
      '',
      "curl: option --nosuch: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
      2,
    ],
    [
      'curl -sS --connect-timeout 1 http://10.0.0.99',
      '',
      'curl: (28) Failed to connect to 10.0.0.99 port 80 after 1000 ms: Timeout was reached\n',
      28,
    ],
  ])('%s', (command, stdout, stderr, code) => {
    expect(run('gnu', command)).toMatchObject({ stdout, stderr, code })
  })

  it('tells everything with -v', () => {
    expect(run('gnu', 'curl -sv http://web').stderr).toBe(`*   Trying 10.0.0.2:80...
* Connected to web (10.0.0.2) port 80 (#0)
> GET / HTTP/1.1
> Host: web
> User-Agent: curl/7.88.1
> Accept: */*
> 
< HTTP/1.1 200 OK
< Server: test
< Content-Type: text/html
< Content-Length: 6
< 
{ [6 bytes data]
* Connection #0 to host web left intact
`)
  })
})

describe('GNU wget', () => {
  it.each([
    ['wget -qO- http://web', 'hello\n', '', 0],
    ['wget -nv -q http://nosuch', '', "wget: unable to resolve host address 'nosuch'\n", 4],
  ])('%s', (command, stdout, stderr, code) => {
    expect(run('gnu', command)).toMatchObject({ stdout, stderr, code })
  })

  it('narrates an error', () => {
    const { stderr, code } = run('gnu', 'wget -O- http://web/nope')
    expect(stderr.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'NOW')).toBe(
      '--NOW--  http://web/nope\nResolving web (web)... 10.0.0.2\nConnecting to web (web)|10.0.0.2|:80... connected.\n' +
        'HTTP request sent, awaiting response... 404 Not Found\nNOW ERROR 404: Not Found.\n\n',
    )
    expect(code).toBe(8)
  })
})

describe('busybox nslookup', () => {
  const head = 'Server:\t\t10.0.0.2\nAddress:\t10.0.0.2:53\n\n'
  it.each([
    [
      'nslookup web.default.svc.cluster.local',
      `${head}Name:\tweb.default.svc.cluster.local\nAddress: 10.0.0.2\n\n\n`,
      0,
    ],
    [
      'nslookup kubernetes.default',
      `${head}** server can't find kubernetes.default: NXDOMAIN\n\n** server can't find kubernetes.default: NXDOMAIN\n\n`,
      1,
    ],
    ['nslookup 10.0.0.2', `${head}2.0.0.10.in-addr.arpa\tname = web.default.svc.cluster.local\n\n`, 0],
    [
      'nslookup -type=srv _http._tcp.web.default.svc.cluster.local',
      `${head}_http._tcp.web.default.svc.cluster.local\tservice = 0 100 80 web.default.svc.cluster.local\n\n`,
      0,
    ],
    ['nslookup -type=foo x', '', 1],
    ['nslookup web 10.0.0.99', ';; connection timed out; no servers could be reached\n\n', 1],
  ])('%s', (command, stdout, code) => {
    expect(run('busybox', command)).toMatchObject({ stdout, code })
  })

  it('asks for a short name below every search domain, for A and AAAA', () => {
    const { stdout, code } = run('busybox', 'nslookup web')
    expect(
      stdout
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
    ).toEqual([
      "** server can't find web.cluster.local: NXDOMAIN",
      "** server can't find web.cluster.local: NXDOMAIN",
      "** server can't find web.svc.cluster.local: NXDOMAIN",
      "** server can't find web.svc.cluster.local: NXDOMAIN",
      'Address:\t10.0.0.2:53',
      'Address: 10.0.0.2',
      'Name:\tweb.default.svc.cluster.local',
      'Server:\t\t10.0.0.2',
    ])
    expect(code).toBe(1)
  })
})

describe("BIND's tools", () => {
  it.each([
    ['dig +short web.default.svc.cluster.local', '10.0.0.2\n', 0],
    ['dig +search +short web', '10.0.0.2\n', 0],
    [
      'dig +noall +answer web.default.svc.cluster.local',
      'web.default.svc.cluster.local. 5 IN\tA\t10.0.0.2\n',
      0,
    ],
    ['dig +short ext.default.svc.cluster.local', 'example.com.\n1.2.3.4\n', 0],
    ['dig +short -x 10.0.0.2', 'web.default.svc.cluster.local.\n', 0],
    ['host web', 'web.default.svc.cluster.local has address 10.0.0.2\n', 0],
    ['host nosuch', 'Host nosuch not found: 3(NXDOMAIN)\n', 1],
    ['host 10.0.0.2', '2.0.0.10.in-addr.arpa domain name pointer web.default.svc.cluster.local.\n', 0],
    ['getent hosts web', '10.0.0.2        web.default.svc.cluster.local\n', 0],
    ['getent hosts nosuch', '', 2],
  ])('%s', (command, stdout, code) => {
    expect(run('gnu', command)).toMatchObject({ stdout, code })
  })

  it('dig prints every section', () => {
    const text = run('gnu', 'dig nosuch +noedns').stdout
    expect(
      text
        .replace(/id: \d+/, 'id: N')
        .replace(/WHEN: .*/, 'WHEN: NOW')
        .replace(/time: \d+/, 'time: N'),
    ).toBe(`
; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> nosuch +noedns
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: N
;; flags: qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 0
;; WARNING: recursion requested but not available

;; QUESTION SECTION:
;nosuch.				IN	A

;; AUTHORITY SECTION:
cluster.local.		5	IN	SOA	ns.dns.cluster.local. hostmaster.cluster.local. 1790000000 7200 1800 86400 5

;; Query time: N msec
;; SERVER: 10.0.0.2#53(10.0.0.2) (UDP)
;; WHEN: NOW
;; MSG SIZE  rcvd: 91

`)
  })
})

describe('ping', () => {
  it('busybox', () => {
    const { stdout, code } = run('busybox', 'ping -c 2 web')
    expect(stdout.replace(/[\d./]+ ms/g, 'T ms')).toBe(
      'PING web (10.0.0.2): 56 data bytes\n64 bytes from 10.0.0.2: seq=0 ttl=64 time=T ms\n64 bytes from 10.0.0.2: seq=1 ttl=64 time=T ms\n\n' +
        '--- web ping statistics ---\n2 packets transmitted, 2 packets received, 0% packet loss\nround-trip min/avg/max = T ms\n',
    )
    expect(code).toBe(0)
  })

  it('iputils names who answers, and exits with 1 when nobody does', () => {
    const { stdout } = run('gnu', 'ping -c 1 web')
    expect(stdout.split('\n')[1]).toMatch(
      /^64 bytes from web.default.svc.cluster.local \(10.0.0.2\): icmp_seq=1 ttl=64 time=/,
    )
    expect(run('gnu', 'ping -c 1 nosuch')).toMatchObject({
      stderr: 'ping: nosuch: Name or service not known\n',
      code: 2,
    })
  })
})

describe('nc and the sockets', () => {
  it.each([
    ['gnu', 'nc -zv 10.0.0.2 80', 'Connection to 10.0.0.2 80 port [tcp/http] succeeded!\n', 0],
    ['gnu', 'nc -zv 10.0.0.2 81', 'nc: connect to 10.0.0.2 port 81 (tcp) failed: Connection refused\n', 1],
    ['busybox', 'nc 10.0.0.2 81', "nc: can't connect to remote host (10.0.0.2): Connection refused\n", 1],
    ['busybox', 'nc -w 1 10.0.0.99 80', 'nc: timed out\n', 1],
  ] as const)('%s: %s', (userland, command, stderr, code) => {
    expect(run(userland, command)).toMatchObject({ stderr, code })
  })

  it('speaks HTTP by hand', () => {
    const { stdout } = run('busybox', 'nc web 80', 'GET / HTTP/1.0\r\n\r\n')
    expect(stdout).toBe(
      'HTTP/1.1 200 OK\r\nServer: test\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n',
    )
  })

  it('lists listeners', () => {
    const { server } = world('gnu')
    expect(runOn(server, ['ss', '-tln']).stdout).toBe(
      'State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\nLISTEN 0      4096         0.0.0.0:80        0.0.0.0:*          \n',
    )
  })

  it('prints routes', () => {
    expect(run('busybox', 'ip route').stdout).toBe(
      'default via 10.0.0.254 dev eth0 \n10.0.0.0/24 dev eth0 scope link  src 10.0.0.1 \n',
    )
    expect(run('gnu', 'ip route').stdout).toBe(
      'default via 10.0.0.254 dev eth0 \n10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1 \n',
    )
  })
})

describe('the two resolvers', () => {
  it('glibc searches on where a name exists without an address; musl does not', () => {
    expect(runOn(world('gnu', 'glibc').client, ['getent', 'ahostsv4', 'half'])).toMatchObject({ code: 0 })
    expect(runOn(world('gnu', 'glibc').client, ['ping', '-c1', '-n', 'half']).stdout).toContain(
      'PING half (10.0.0.2)',
    )
    const musl = runOn(world('gnu', 'musl').client, ['ping', '-c', '1', 'half'])
    expect(musl).toMatchObject({ stderr: 'ping: half: Name has no usable address\n', code: 2 })
  })

  it('glibc tries the search domains for a name with enough dots last, musl never', () => {
    const conf = `search svc.cluster.local\nnameserver ${SERVER}\noptions ndots:1\n`
    for (const [libc, code] of [
      ['glibc', 0],
      ['musl', 2],
    ] as const) {
      const { client } = world('gnu', libc)
      client.files.write('/etc/resolv.conf', conf)
      expect(runOn(client, ['getent', 'hosts', 'web.default']).code).toBe(code)
    }
  })

  it.each([
    ['glibc', 'Temporary failure in name resolution', 20],
    ['musl', 'Try again', 5],
  ] as const)('a silent DNS server: %s says "%s" after %i s', (libc, text, seconds) => {
    const { client, server } = world('gnu', libc)
    expect(runOn(server, 'iptables -A INPUT -p udp --dport 53 -j DROP'.split(' ')).code).toBe(0)
    const { stderr, elapsedMs } = runOn(client, ['ping', '-c', '1', 'web'])
    expect(stderr).toBe(`ping: web: ${text}\n`)
    expect(Math.round(elapsedMs / 1000)).toBe(seconds)
  })
})

describe('iptables', () => {
  it('is the tables of the machine, and needs the right to them', () => {
    const { server, client } = world('gnu')
    runOn(server, 'iptables -A INPUT -p tcp --dport 80 -j REJECT'.split(' '))
    expect(runOn(server, ['iptables-save', '-t', 'filter']).stdout).toContain(
      '-A INPUT -p tcp -m tcp --dport 80 -j REJECT',
    )
    expect(runOn(client, ['curl', '-sS', 'http://10.0.0.2'])).toMatchObject({
      stderr: "curl: (7) Failed to connect to 10.0.0.2 port 80 after 0 ms: Couldn't connect to server\n",
      code: 7,
    })
    expect(runOn(client, ['iptables', '-L'])).toMatchObject({ code: 4 })
  })
})
