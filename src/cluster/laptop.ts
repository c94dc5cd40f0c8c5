import { createFileSystem, createMachine, resolvePath, type Kernel, type Machine } from '../os/index.ts'
import { debianHost } from './debian-host.ts'
import { HOME_RESOLVER } from './topology.ts'
import type { SocketLayer } from '../network/index.ts'
import { completeKubectl, kubectl } from '../kubectl/index.ts'
import type { Transport } from '../client/index.ts'
import type { Simulation } from '../sim/index.ts'

export interface LaptopOptions {
  readonly simulation: Simulation
  readonly sockets: SocketLayer
  readonly home: string
  /** Address of the API server, as in kubeconfig. */
  readonly server: string
  /** A connection to the API server at a URL; undefined when nobody listens there. */
  readonly dialApi: (server: string) => Transport | undefined
  /** The page's editor. */
  readonly openEditor: unknown
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** Machines that it knows by name, and where root lets its user in. */
  readonly nodes: readonly { readonly name: string; readonly address: string }[]
}

export const LAPTOP_ENVIRONMENT = (home: string): ReadonlyMap<string, string> =>
  new Map([
    ['HOME', home],
    ['USER', 'learner'],
    ['LOGNAME', 'learner'],
    ['SHELL', '/bin/bash'],
    ['PATH', '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin'],
    ['LANG', 'C.UTF-8'],
    ['EDITOR', 'vi'],
  ])

/** The learner's laptop: a Debian with kubectl and curl, outside of the cluster. */
export function createLaptop(options: LaptopOptions): Machine & { readonly kernel: Kernel } {
  const { simulation, home } = options
  const files = createFileSystem(debianHost(), () => simulation.nowMs)
  files.makeDirectory('/usr/local/bin', { parents: true })
  files.install('/usr/local/bin/kubectl', kubectl)
  files.makeDirectory(`${home}/.kube`, { parents: true })
  files.write(`${home}/.kube/config`, kubeconfig(options.server))
  files.write('/etc/hostname', 'laptop\n')
  files.write('/etc/resolv.conf', `nameserver ${HOME_RESOLVER}\n`)
  files.write(
    '/etc/hosts',
    `127.0.0.1\tlocalhost\n127.0.1.1\tlaptop\n${options.nodes.map(hostsLine).join('')}`,
  )
  files.makeDirectory(`${home}/.ssh`)
  files.write(`${home}/.ssh/config`, sshConfig(options.nodes))
  for (const { path, text } of options.files) {
    const target = resolvePath(home, path)
    files.makeDirectory(target.slice(0, target.lastIndexOf('/')), { parents: true })
    files.write(target, text)
  }
  return createMachine({
    hostname: 'laptop',
    simulation,
    files,
    network: options.sockets,
    init: true,
    facilities: new Map<string, unknown>([
      ['identity', 'laptop'],
      ['dial-api', options.dialApi],
      ['editor', options.openEditor],
      ['completions', new Map([['kubectl', completeKubectl]])],
    ]),
  })
}

const hostsLine = ({ name, address }: LaptopOptions['nodes'][number]): string => `${address}\t${name}\n`

const sshConfig = (nodes: LaptopOptions['nodes']): string =>
  `Host ${nodes.flatMap(({ name, address }) => [name, address]).join(' ')}\n    User root\n`

/** What `kubeadm init` leaves in admin.conf; the credentials stand for themselves, nothing is encrypted here. */
const kubeconfig = (server: string): string => `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: REDACTED
    server: ${server}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: kubernetes-admin
  user:
    client-certificate-data: REDACTED
    client-key-data: REDACTED
`
