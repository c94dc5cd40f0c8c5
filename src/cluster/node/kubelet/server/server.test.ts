import { describe, expect, it } from 'vitest'
import { Channel } from '../../../../api/wire.ts'
import { Bench } from '../testing/bench.ts'

/** Opens exec or attach through the API server, and gives what has come through each channel. */
function connect(bench: Bench, path: string, query: Record<string, string | string[]>) {
  const answer = bench.server.handle({
    method: 'GET',
    path: `/api/v1/namespaces/default/pods/${path}`,
    query,
  })
  if (answer.kind !== 'upgrade')
    return { refused: answer.kind === 'response' ? answer.response.body : answer.kind }
  const received = new Map<number, string>()
  let closed = false
  const server = answer.start({
    message: (channel, data) => received.set(channel, (received.get(channel) ?? '') + data),
    close: () => (closed = true),
  })
  const text = (channel: number) => received.get(channel) ?? ''
  return {
    server,
    text,
    closed: () => closed,
    status: () =>
      JSON.parse(text(Channel.error)) as {
        status: string
        message?: string
        details?: { causes: { message: string }[] }
      },
  }
}

function running(command = ['act', 'sleep'], more: object = {}): Bench {
  const bench = new Bench()
  bench.run('p', { containers: [{ name: 'c', image: 'app:1', command, ...more }] })
  bench.watch('p', 3)
  return bench
}

describe('exec', () => {
  it('gives the streams and the exit code of a process beside the container’s own', () => {
    const bench = running()
    const { text, status, closed } = connect(bench, 'p/exec', {
      command: ['act', 'print', 'hello'],
      stdout: 'true',
      stderr: 'true',
    })
    bench.simulation.runFor(1000)
    expect([text!(Channel.stdout), status!().status, closed!()]).toEqual(['hello\n', 'Success', true])
    const failing = connect(bench, 'p/exec', { command: ['act', 'exit', '7'], stdout: 'true' })
    bench.simulation.runFor(1000)
    expect(failing.status!()).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    })
  })

  it('passes standard input on, what was sent early too', () => {
    const bench = running()
    const { server, text, status } = connect(bench, 'p/exec', {
      command: ['act', 'echo'],
      stdin: 'true',
      stdout: 'true',
    })
    server!.message(Channel.stdin, 'typed')
    server!.message(Channel.close, '\0')
    bench.simulation.runFor(1000)
    expect([text!(Channel.stdout), status!().status]).toEqual(['<typed>', 'Success'])
  })

  it('has a terminal when asked for one', () => {
    const bench = running()
    const { server, text } = connect(bench, 'p/exec', {
      command: ['act', 'echo'],
      stdin: 'true',
      stdout: 'true',
      tty: 'true',
    })
    bench.simulation.runFor(1000)
    server!.message(Channel.stdin, 'hi\r')
    bench.simulation.runFor(1000)
    expect(text!(Channel.stdout)).toBe('hi\r\n<hi\r\n>')
  })

  it('says what runc says of a command that is not there', () => {
    const bench = running()
    const { status } = connect(bench, 'p/exec', { command: ['nosuchcmd'], stdout: 'true' })
    bench.simulation.runFor(1000)
    expect(status!().message).toMatch(
      /^Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuchcmd": executable file not found in \$PATH$/,
    )
  })
})

describe('attach', () => {
  it('joins the streams of process 1', () => {
    const bench = running(['act', 'echo'], { stdin: true, stdinOnce: true })
    const { server, text, status } = connect(bench, 'p/attach', {
      container: 'c',
      stdin: 'true',
      stdout: 'true',
    })
    server!.message(Channel.stdin, 'typed')
    bench.simulation.runFor(100)
    server!.close()
    bench.simulation.runFor(100)
    expect([text!(Channel.stdout), bench.log('p')]).toEqual(['<typed>', '<typed>'])
    expect(status).toBeDefined()
  })
})

describe('logs', () => {
  const printing = () => {
    const bench = new Bench()
    bench.run('p', {
      containers: [{ name: 'c', image: 'app:1', command: ['act', 'exit', '1', 'after', '2'] }],
    })
    bench.watch('p', 5)
    return bench
  }

  it('of this run and of the one before', () => {
    const bench = printing()
    expect([bench.log('p'), bench.log('p', { previous: 'true' })]).toEqual(['', 'exiting 1\n'])
    expect(bench.log('p', { previous: 'true', timestamps: 'true' })).toMatch(
      /^2026-11-22T08:00:\d\d\.\d{9}Z exiting 1\n$/,
    )
    bench.simulation.runFor(4000)
    // Of the ended runs of a container only the latest is kept.
    expect(bench.log('p')).toBe('exiting 1\n')
    expect(bench.log('p', { previous: 'true' })).toMatch(
      /^unable to retrieve container logs for containerd:\/\/[0-9a-f]{64}$/,
    )
  })

  it('of a container that has not begun', () => {
    const bench = new Bench()
    bench.run('p', { containers: [{ name: 'c', image: 'app:nope' }] })
    bench.watch('p', 2)
    expect(bench.log('p')).toBe(`container "c" in pod "p" is waiting to start: image can't be pulled`)
    bench.watch('p', 15)
    expect(bench.log('p')).toBe(
      `container "c" in pod "p" is waiting to start: trying and failing to pull image`,
    )
    expect(bench.log('p', { previous: 'true' })).toBe(
      `previous terminated container "c" in pod "p" not found`,
    )
  })

  it('followed until the container ends', () => {
    const bench = new Bench()
    bench.run('p', {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'app:1', command: ['act', 'exit', '0', 'after', '3'] }],
    })
    bench.watch('p', 2)
    const answer = bench.server.handle({
      method: 'GET',
      path: '/api/v1/namespaces/default/pods/p/log',
      query: { follow: 'true' },
    })
    let text = ''
    let ended = false
    if (answer.kind === 'stream')
      answer.start({ chunk: (chunk) => (text += String(chunk)), end: () => (ended = true) })
    bench.simulation.runFor(5000)
    expect([text, ended]).toEqual(['exiting 0\n', true])
  })
})

describe('port-forward', () => {
  it('connects to the Pod’s localhost', () => {
    const bench = running(['act', 'serve', '80'])
    const { server, text } = connect(bench, 'p/portforward', { ports: '80' })
    server!.message(0, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    bench.simulation.runFor(1000)
    expect(text!(0)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\np\n$/)
  })

  it('says why it cannot', () => {
    const bench = running()
    const { text } = connect(bench, 'p/portforward', { ports: '81' })
    bench.simulation.runFor(1000)
    expect(text!(1)).toMatch(
      /^error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to execute portforward .* IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused /,
    )
  })
})
