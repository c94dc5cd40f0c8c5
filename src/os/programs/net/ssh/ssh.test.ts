import { describe, expect, it } from 'vitest'
import { Network } from '../../../../network/index.ts'
import { Simulation } from '../../../../sim/index.ts'
import { createFileSystem, createMachine, createTty, makeDevices, type Tty } from '../../../index.ts'
import { bash } from '../../../shell/index.ts'
import { installDebian } from '../../debian.ts'
import { runOn } from '../../testing.ts'
import { sshd } from './sshd.ts'

const NODE = '10.0.0.2'

/** A laptop and a node on one cable; the laptop knows the node by name, and that root is whom to ask for there. */
function twoMachines() {
  const simulation = new Simulation({ seed: 1 })
  const network = new Network(simulation)
  const cable = network.addSegment('cable', { latencyMs: 1 })
  const machine = (hostname: string, address: string) => {
    const files = createFileSystem()
    for (const path of ['/root/.ssh', '/etc', '/tmp']) files.makeDirectory(path, { parents: true })
    makeDevices(files)
    installDebian(files)
    files.install('/usr/bin/bash', bash)
    files.write('/etc/hosts', `${NODE}\tnode\n`)
    const host = network.addHost(hostname)
    cable.attach(host, 'eth0', `${address}/24`)
    return createMachine({ hostname, simulation, files, network: host.sockets, init: true })
  }
  const [laptop, node] = [machine('laptop', '10.0.0.1'), machine('node', NODE)]
  node.kernel.start(
    sshd((program, options) => void node.kernel.start(program, options)),
    { argv: ['sshd'] },
  )
  laptop.files.write(
    '/root/.ssh/config',
    'Host node\n    User root\nHost other\n    HostName node\n    User learner\n',
  )
  simulation.runUntil(simulation.nowMs + 10)
  return { simulation, cable, laptop, node }
}

const SSH = 'HOME=/root USER=learner ssh'

describe('ssh HOST COMMAND', () => {
  it.each([
    ['ssh node hostname', 'node\n', '', 0],
    ['ssh root@10.0.0.2 pwd', '/root\n', '', 0],
    ['ssh -l root node echo a b', 'a b\n', '', 0],
    ['ssh node -q echo "a  b"', 'a b\n', '', 0],
    ["ssh node 'echo out; echo err >&2; exit 3'", 'out\n', 'err\n', 3],
    ["ssh node 'kill -9 $$'", '', '', 255],
    ['ssh node nosuch', '', 'bash: line 1: nosuch: command not found\n', 127],
    ['seq 1 50000 | ssh node cat | tail -n 1', '50000\n', '', 0],
    ['ssh node yes | head -n 1', 'y\n', '', 0],
    ['ssh -n node cat', '', '', 0],
    ['ssh -tt node tty < /dev/null', '/dev/pts/0\r\n', 'Connection to node closed.\r\n', 0],
    [
      'echo hostname | ssh node',
      'node\n',
      'Pseudo-terminal will not be allocated because stdin is not a terminal.\r\n',
      0,
    ],
    [
      'ssh other',
      '',
      'Pseudo-terminal will not be allocated because stdin is not a terminal.\r\nlearner@node: Permission denied (publickey).\r\n',
      255,
    ],
    [
      'ssh nowhere',
      '',
      'ssh: Could not resolve hostname nowhere: Temporary failure in name resolution\r\n',
      255,
    ],
    ['ssh 10.0.0.9', '', 'ssh: connect to host 10.0.0.9 port 22: No route to host\r\n', 255],
    ['ssh -p 23 node', '', 'ssh: connect to host node port 23: Connection refused\r\n', 255],
  ])('%s', (command, stdout, stderr, code) => {
    const { laptop } = twoMachines()
    expect(runOn(laptop, ['bash', '-c', command.replace(/\bssh\b/, SSH)])).toMatchObject({
      stdout,
      stderr,
      code,
    })
  })

  it('hangs up on whoever does not speak its language', () => {
    const { laptop } = twoMachines()
    const said = runOn(laptop, ['bash', '-c', `echo '{"kind":"session"}' | nc 10.0.0.2 22`])
    expect(said.stdout).toMatch(/^SSH-2\.0-\S+ \S+\r\n$/)
  })

  it('takes as long to give up as TCP does when the cable is cut', () => {
    const { laptop, cable } = twoMachines()
    cable.up = false
    const run = (command: string) => runOn(laptop, ['bash', '-c', command])
    expect(run('ssh -o ConnectTimeout=5 10.0.0.2').stderr).toMatch(/^ssh: connect to host 10.0.0.2 port 22: /)
  })
})

describe('a terminal', () => {
  /** Types each text, a second apart. @returns what the window showed, and the exit code */
  function type(keys: readonly (string | ((tty: Tty) => void))[], world = twoMachines()) {
    const { simulation, laptop } = world
    let screen = ''
    let code: number | undefined
    const tty = createTty({ columns: 100, rows: 30, simulation, output: (text) => (screen += text) })
    laptop.kernel.start(laptop.programAt('/usr/bin/ssh')!, {
      argv: ['ssh', 'node'],
      env: new Map([['HOME', '/root'], ['TERM', 'xterm']]), // prettier-ignore
      terminal: tty,
      onExit: (status) => (code = status.code),
    })
    for (const key of ['', ...keys]) {
      if (typeof key === 'function') key(tty)
      else tty.input(key)
      simulation.runUntil(simulation.nowMs + 1000)
    }
    return { screen: screen.replaceAll('\r', '').replace(/\x1b\[[^a-zA-Z]*[a-zA-Z]/g, ''), code, tty }
  }

  it('is a login shell of root, and its exit code is what ssh returns', () => {
    const { screen, code, tty } = type(['stty size; echo $TERM\r', 'sleep 100\r', '\x03', 'exit 7\r'])
    expect(screen).toContain('root@node:~# ')
    expect(screen).toContain('\n30 100\nxterm\n')
    expect(screen).toContain('sleep 100\n^C\n')
    expect(screen).toContain('exit 7\nlogout\nConnection to node closed.\n')
    expect(code).toBe(7)
    expect(tty.mode).toEqual({ canonical: true, echo: true, signals: true, output: true })
  })

  it('tells the other side of a new size', () => {
    const { screen } = type([(tty) => tty.resize(120, 40), 'stty size\r'])
    expect(screen).toContain('\n40 120\n')
  })

  it('is left with ~. when the other side is silent, and hangs up what ran there', () => {
    const world = twoMachines()
    const { screen, code } = type(['sleep 1000\r', '\r', '~.'], world)
    expect(screen.endsWith('Connection to node closed.\n')).toBe(true)
    expect(code).toBe(255)
    expect(world.node.kernel.processes().map(({ argv }) => argv[0])).toEqual(['/sbin/init', 'sshd'])
  })

  it('shows all that a program floods it with', () => {
    const { screen, code } = type([
      'timeout 0.1 yes | head -n 100000 | tee /tmp/y; wc -l < /tmp/y\r',
      'exit\r',
    ])
    expect(code).toBe(0)
    expect(screen).toContain(`\n${screen.match(/^y$/gm)!.length}\n`)
  })
})
