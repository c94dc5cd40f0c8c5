import { describe, expect, it } from 'vitest'
import type { QuestionType } from '../../../os/net/dns.ts'
import recorded from './testdata/recorded.json' with { type: 'json' }
import { COREFILE, comparable, print, start } from './testing/bench.ts'

describe('CoreDNS with kubeadm’s Corefile', () => {
  const bench = start()
  for (const [name, type, status, answers, authority, additional] of recorded.answers as [
    string,
    QuestionType,
    string,
    string[],
    string[],
    string[],
  ][]) {
    it(`answers ${type} ${name} as recorded`, () => {
      const answer = bench.ask(name, type)!
      bench.simulation.runFor(31_000)
      expect({
        status: answer.rcode,
        authoritative: answer.authoritative,
        answers: comparable(answer.answers.map(print)),
        authority: comparable(answer.authority.map(print)),
        additional: comparable(answer.additional.map(print)),
      }).toEqual({
        status,
        authoritative: true,
        answers: comparable(answers),
        authority: comparable(authority),
        additional: comparable(additional),
      })
    })
  }

  it('says what it runs', () => {
    expect(start().output()).toMatch(
      /^\[INFO\] plugin\/kubernetes: waiting for Kubernetes API before starting server\n\.:53\n\[INFO\] plugin\/reload: Running configuration SHA512 = [0-9a-f]{128}\nCoreDNS-1\.10\.0\nlinux\/amd64, /,
    )
  })

  it('gives answers from its cache with what is left of their time to live', () => {
    const fresh = start()
    expect(fresh.ask('example.com', 'A')!.answers[0]!.ttl).toBe(30)
    fresh.simulation.runFor(10_000)
    expect(fresh.ask('example.com', 'A')!.answers[0]!.ttl).toBe(20)
    fresh.simulation.runFor(25_000)
    expect(fresh.ask('example.com', 'A')!.answers[0]!.ttl).toBe(30)
  })

  it('answers on its HTTP ports', () => {
    const fresh = start()
    expect([fresh.get(8080, '/health'), fresh.get(8181, '/ready'), fresh.get(9153, '/metrics')]).toEqual([
      'HTTP/1.1 200 OK',
      'HTTP/1.1 200 OK',
      'HTTP/1.1 200 OK',
    ])
  })

  it('answers through its lame-duck time, then ends', () => {
    const fresh = start()
    fresh.kill('SIGTERM')
    fresh.simulation.runFor(4000)
    expect([fresh.exit(), fresh.ask('web.dnsns.svc.cluster.local', 'A')?.rcode]).toEqual([
      undefined,
      'NOERROR',
    ])
    fresh.simulation.runFor(2000)
    expect(fresh.exit()).toBe(0)
    expect(fresh.ask('web.dnsns.svc.cluster.local', 'A')).toBeUndefined()
    expect(fresh.output()).toContain(
      '[INFO] SIGTERM: Shutting down servers then terminating\n[INFO] plugin/health: Going into lameduck mode for 5s\n',
    )
  })

  it('reads its Corefile anew when it has changed, and keeps the old one when the new one is wrong', () => {
    const fresh = start()
    fresh.machine.files.write(
      '/etc/coredns/Corefile',
      COREFILE.replace('errors', 'errors\n log\n hosts {\n 192.0.2.1 my.test\n fallthrough\n }'),
    )
    fresh.simulation.runFor(60_000)
    expect(fresh.ask('my.test', 'A')!.answers.map(print)).toEqual(['my.test. 30 IN A 192.0.2.1'])
    expect(fresh.output()).toContain('[INFO] Reloading complete\n')
    expect(fresh.output()).toMatch(
      /\[INFO\] 10\.244\.2\.74:\d+ - 4711 "A IN my\.test\. udp 25 false 512" NOERROR qr,aa,rd /,
    )
    fresh.machine.files.write('/etc/coredns/Corefile', '.:53 {\n nosuch\n}\n')
    fresh.simulation.runFor(60_000)
    expect(fresh.output()).toContain(
      `Restart failed: /etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'nosuch'`,
    )
    expect(fresh.ask('my.test', 'A')!.rcode).toBe('NOERROR')
  })
})

describe('other Corefiles', () => {
  it.each([
    [
      '.:53 {\n    errorz\n}\n',
      `/etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'errorz'\n`,
    ],
    [
      '.:53 {\n kubernetes {\n pods maybe\n }\n}\n',
      'plugin/kubernetes: /etc/coredns/Corefile:3 - Error during parsing: wrong value for pods: maybe,  must be one of: disabled, verified, insecure\n',
    ],
    [
      '.:53 {\n forward .\n}\n',
      `plugin/forward: /etc/coredns/Corefile:2 - Error during parsing: Wrong argument count or unexpected line ending after '.'\n`,
    ],
  ])('%j ends with 1 and the reason', (corefile, output) => {
    const bench = start(corefile)
    expect([bench.exit(), bench.output()]).toEqual([1, output])
  })

  it.each([
    [
      'pods verified',
      '10-244-2-74.dnsns.pod.cluster.local',
      'NOERROR',
      ['10-244-2-74.dnsns.pod.cluster.local. 5 IN A 10.244.2.74'],
    ],
    ['pods verified', '1-2-3-4.dnsns.pod.cluster.local', 'NXDOMAIN', []],
    ['pods disabled', '10-244-2-74.dnsns.pod.cluster.local', 'NXDOMAIN', []],
  ])('%s: %s', (pods, name, status, answers) => {
    const answer = start(`.:53 {\n kubernetes cluster.local {\n ${pods}\n }\n}\n`).ask(name, 'A')!
    expect([answer.rcode, answer.answers.map(print)]).toEqual([status, answers])
  })

  it('rewrites names and answers under the name that was asked for', () => {
    const bench = start(
      '.:53 {\n rewrite name exact shop.test web.dnsns.svc.cluster.local\n kubernetes cluster.local\n}\n',
    )
    expect(bench.ask('shop.test', 'A')!.answers.map(print)).toEqual(['shop.test. 5 IN A 10.96.148.42'])
  })

  it.each([
    ['', 'REFUSED'],
    ['stop ', 'REFUSED'],
    ['continue ', 'NOERROR'],
  ])('rewrite %swith another rule after it: %s', (mode, status) => {
    const rules = `rewrite ${mode}name a.test b.test\n rewrite name b.test web.dnsns.svc.cluster.local`
    expect(start(`.:53 {\n ${rules}\n kubernetes cluster.local\n}\n`).ask('a.test', 'A')!.rcode).toBe(status)
  })

  it('makes answers from a template', () => {
    const bench = start(
      '.:53 {\n template IN A ip.test {\n match ^ip-(?P<a>\\d+)-(?P<b>\\d+)\\.ip\\.test\\.$\n answer "{{ .Name }} 60 IN A 10.0.{{ .Group.a }}.{{ .Group.b }}"\n }\n}\n',
    )
    expect(bench.ask('ip-3-4.ip.test', 'A')!.answers.map(print)).toEqual(['ip-3-4.ip.test. 60 IN A 10.0.3.4'])
    expect(bench.ask('other.test', 'A')!.rcode).toBe('REFUSED')
  })

  it('SERVFAILs, and says why, when its upstream is silent', () => {
    const bench = start('.:53 {\n errors\n forward . 10.9.9.9\n}\n')
    expect(bench.ask('example.com', 'A')).toBeUndefined()
    bench.simulation.runFor(10_000)
    expect(bench.output()).toMatch(
      /\[ERROR\] plugin\/errors: 2 example\.com\. A: read udp 10\.244\.1\.2:\d+->10\.9\.9\.9:53: /,
    )
  })
})
