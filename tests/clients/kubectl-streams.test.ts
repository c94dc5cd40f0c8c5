/** What a real kubectl keeps open: a forwarded port, a proxy, a terminal in a container. */
import { spawn, type ChildProcess } from 'node:child_process'
import { get } from 'node:http'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findKubectl } from './find-kubectl.ts'
import { serveCluster } from './served-cluster.ts'

const kubectl = findKubectl()

/** A client that runs beside the test, and everything it has said. */
class Running {
  readonly process: ChildProcess
  shown = ''

  constructor(process: ChildProcess) {
    this.process = process
    for (const stream of [process.stdout!, process.stderr!])
      stream.on('data', (data: Buffer) => (this.shown += data.toString()))
  }

  /** Waits until it has said so. @returns the match */
  async says(wanted: RegExp): Promise<RegExpExecArray> {
    await expect.poll(() => this.shown, { timeout: 10_000, interval: 20 }).toMatch(wanted)
    return wanted.exec(this.shown)!
  }
}

function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve(`${response.statusCode}\n${text}`))
    }).on('error', reject)
  })
}

describe.skipIf(!kubectl)('a real kubectl', () => {
  const cluster = serveCluster(4)
  const run = (...argv: string[]) => cluster.run(kubectl!, ...argv)
  let running: Running | undefined
  const start = (program: string, ...argv: string[]) =>
    (running = new Running(spawn(program, argv, cluster.options)))
  const startKubectl = (...argv: string[]) => start(kubectl!, '--server', cluster.url, ...argv)

  beforeAll(async () => {
    await run('create', 'deployment', 'web', '--image=nginx:1.27')
    await run('expose', 'deployment', 'web', '--port=8080', '--target-port=80')
    await run('rollout', 'status', 'deployment', 'web')
  })
  afterEach(() => void running?.process.kill())

  it('forwards a port to a Pod, for one connection after the other', async () => {
    const forwarding = startKubectl('port-forward', 'deployment/web', ':80')
    const [, port] = await forwarding.says(/Forwarding from 127\.0\.0\.1:(\d+) -> 80/)
    expect(await fetchText(`http://127.0.0.1:${port}/`)).toMatch(
      /^200\n[^]*<title>Welcome to nginx!<\/title>/,
    )
    expect(await fetchText(`http://127.0.0.1:${port}/nowhere`)).toMatch(/^404\n/)
    await forwarding.says(/(Handling connection for \d+\n){2}/)
  })

  it('forwards to the port behind the one of a Service', async () => {
    const forwarding = startKubectl('port-forward', 'service/web', ':8080')
    const [, port] = await forwarding.says(/Forwarding from 127\.0\.0\.1:(\d+) -> 80\n/)
    expect(await fetchText(`http://127.0.0.1:${port}/`)).toContain('Welcome to nginx!')
  })

  it('says why a forwarded port answers nothing', async () => {
    const forwarding = startKubectl('port-forward', 'deployment/web', ':81')
    const [, port] = await forwarding.says(/Forwarding from 127\.0\.0\.1:(\d+) -> 81\n/)
    await expect(fetchText(`http://127.0.0.1:${port}/`)).rejects.toThrow()
    await forwarding.says(/an error occurred forwarding \d+ -> 81: [^]*connect: connection refused/)
  })

  it('serves the API as a proxy, and through it a Service and a Pod', async () => {
    const proxy = startKubectl('proxy', '--port=0')
    const [, port] = await proxy.says(/Starting to serve on 127\.0\.0\.1:(\d+)/)
    const namespace = `http://127.0.0.1:${port}/api/v1/namespaces/default`
    expect(await fetchText(`${namespace}/services/web:8080/proxy/`)).toMatch(/^200\n[^]*Welcome to nginx!/)
    expect(await fetchText(`${namespace}/services/web/proxy/nowhere?a=b`)).toMatch(/^404\n<html>/)
    expect(await fetchText(`${namespace}/services/web:81/proxy/`)).toMatch(
      /^503\n.*"no service port 81 found for service \\"web\\""/,
    )
    const pod = (await run('get', 'pod', '-l', 'app=web', '-o', 'jsonpath={.items[0].metadata.name}')).trim()
    const name = JSON.parse(
      (await fetchText(`${namespace}/pods?labelSelector=app%3Dweb`)).replace(/^200\n/, ''),
    ) as { items: { metadata: { name: string } }[] }
    expect(pod).toMatch(/^web-/)
    const path = `${namespace}/pods/${name.items[0]!.metadata.name}`
    expect(await fetchText(`${path}/proxy/`)).toMatch(/^200\n[^]*Welcome to nginx!/)
    expect(await fetchText(`${path}:81/proxy/`)).toMatch(
      /^503\n.*error trying to reach service: dial tcp [\d.]+:81: connect: connection refused/,
    )
  })

  it('opens a shell on a terminal, whose Ctrl-C and size reach the container', async () => {
    const command = `${kubectl} --server ${cluster.url} exec -it deployment/web -- bash`
    const shell = start('script', '-qefc', command, '/dev/null')
    await shell.says(/root@web-[\w-]+:\/# $/)
    shell.process.stdin!.write('tty; echo $((6*7))\r')
    await shell.says(/\/dev\/pts\/\d+\r\n42\r\n/)
    shell.process.stdin!.write('sleep 100\r')
    await shell.says(/sleep 100\r\n/)
    shell.process.stdin!.write('\x03')
    await shell.says(/\^C\r\n[^]*# $/)
    shell.process.stdin!.write('exit 3\r')
    await shell.says(/command terminated with exit code 3/)
  })
})
