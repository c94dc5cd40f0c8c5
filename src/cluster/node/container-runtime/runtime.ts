import type { ImageRegistry } from '../../images/index.ts'
import type { Host, Network } from '../../../network/index.ts'
import { SystemError, type ExitStatus } from '../../../os/index.ts'
import type { Simulation, Timer } from '../../../sim/index.ts'
import { Cni } from './cni.ts'
import { Container, type ContainerConfig } from './container.ts'
import { ExecutableError, findExecutable } from './executable.ts'
import { ImageStore } from './image-store.ts'
import { mapPorts } from './port-mapping.ts'
import type { OwnedSandbox, PodSandbox, SandboxConfig } from './sandbox.ts'
import { createStandardStreams, type OutputListener, type StandardStreams } from './standard-streams.ts'

export interface ContainerRuntimeOptions {
  readonly simulation: Simulation
  readonly network: Network
  readonly node: Host
  readonly nodeAddress: string
  readonly registry: ImageRegistry
  /** What a container finds besides Linux: the node's netfilter for kube-proxy, the API for CoreDNS. */
  readonly facilities?: (sandbox: PodSandbox, containerName: string) => ReadonlyMap<string, unknown>
}

/** A process run beside process 1. */
export interface Execution {
  readonly streams: StandardStreams
  /** Kills it. */
  kill(): void
}

export interface ExecOptions {
  readonly argv: readonly string[]
  readonly tty: boolean
  readonly stdin: boolean
  readonly output: OutputListener
  readonly exited: (status: ExitStatus) => void
}

const NO_FACILITIES: ReadonlyMap<string, unknown> = new Map()

/**
 * containerd of one node, by way of the Container Runtime Interface: images, Pod sandboxes, containers. What it does
 * is done at once; how long things take is the kubelet's to add, pulls apart.
 */
export class ContainerRuntime {
  readonly images: ImageStore
  readonly cni: Cni
  readonly #options: ContainerRuntimeOptions
  readonly #sandboxes = new Map<string, OwnedSandbox>()
  /** The latest of each Pod. */
  readonly #byPod = new Map<string, OwnedSandbox>()
  readonly #containers = new Map<string, Container>()
  readonly #bySandbox = new Map<string, Set<Container>>()
  #onExit: (container: Container) => void = () => {}

  constructor(options: ContainerRuntimeOptions) {
    this.#options = options
    const { registry, simulation, network, node } = options
    this.images = new ImageStore({ registry, simulation, nodeName: node.name })
    this.cni = new Cni({ network, node })
  }

  get sandboxes(): ReadonlyMap<string, PodSandbox> {
    return this.#sandboxes
  }

  /** The sandbox of the Pod with that UID. */
  sandboxOf(podUid: string): PodSandbox | undefined {
    return this.#byPod.get(podUid)
  }

  get containers(): ReadonlyMap<string, Container> {
    return this.#containers
  }

  /** Tells of containers that ended by themselves or were killed. One listener: the kubelet. */
  onContainerExit(listener: (container: Container) => void): void {
    this.#onExit = listener
  }

  /** RunPodSandbox. @returns undefined when the network plugin has no address left */
  runSandbox(config: SandboxConfig): PodSandbox | undefined {
    const { node, nodeAddress, simulation } = this.#options
    const network = config.hostNetwork ? undefined : this.cni.add(`${config.namespace}/${config.name}`)
    if (!config.hostNetwork && !network) return undefined
    const id = this.#newId()
    const unmapPorts = network ? mapPorts(node, id.slice(0, 20), network.address, config.hostPorts) : () => {}
    const sandbox: OwnedSandbox = {
      id,
      config,
      network,
      unmapPorts,
      address: network?.address ?? nodeAddress,
      sockets: (network?.host ?? node).sockets,
      networkNamespace: `/var/run/netns/cni-${simulation.random('container ids').uuid()}`,
      createdMs: simulation.nowMs,
      ready: true,
    }
    this.#sandboxes.set(sandbox.id, sandbox)
    this.#byPod.set(config.uid, sandbox)
    this.#bySandbox.set(sandbox.id, new Set())
    return sandbox
  }

  /** The containers of a sandbox, oldest first. */
  containersOf(sandbox: PodSandbox): readonly Container[] {
    return [...(this.#bySandbox.get(sandbox.id) ?? [])]
  }

  /** StopPodSandbox: kills what still runs and takes the network away; containers and logs can still be looked at. */
  stopSandbox(id: string): void {
    const sandbox = this.#sandboxes.get(id)
    if (!sandbox?.ready) return
    sandbox.ready = false
    for (const container of this.containersOf(sandbox))
      if (container.state === 'running') container.signal('SIGKILL')
    sandbox.unmapPorts()
    if (sandbox.network) this.cni.remove(sandbox.network)
  }

  /** RemovePodSandbox: stops it, and forgets it with its containers and logs. */
  removeSandbox(id: string): void {
    this.stopSandbox(id)
    for (const container of this.#bySandbox.get(id) ?? []) this.#containers.delete(container.id)
    this.#bySandbox.delete(id)
    const sandbox = this.#sandboxes.get(id)
    this.#sandboxes.delete(id)
    if (sandbox && this.#byPod.get(sandbox.config.uid) === sandbox) this.#byPod.delete(sandbox.config.uid)
  }

  /** CreateContainer */
  createContainer(sandbox: PodSandbox, config: Omit<ContainerConfig, 'facilities'>): Container {
    const facilities = this.#options.facilities?.(sandbox, config.name) ?? NO_FACILITIES
    const container = new Container({
      id: this.#newId(),
      sandbox,
      config: { ...config, facilities },
      simulation: this.#options.simulation,
      onExit: (ended) => this.#onExit(ended),
    })
    this.#containers.set(container.id, container)
    this.#bySandbox.get(sandbox.id)?.add(container)
    return container
  }

  /** StopContainer: its stop signal, and SIGKILL when it has not ended after `graceMs`. */
  stopContainer(container: Container, graceMs: number): Timer | undefined {
    if (container.state !== 'running') return undefined
    if (graceMs <= 0) {
      container.signal('SIGKILL')
      return undefined
    }
    container.signal(container.stopSignal)
    return this.#options.simulation.schedule(graceMs, () => {
      if (container.state === 'running') container.signal('SIGKILL')
    })
  }

  /** RemoveContainer: its log is gone with it. */
  removeContainer(container: Container): void {
    this.#containers.delete(container.id)
    this.#bySandbox.get(container.sandbox.id)?.delete(container)
  }

  /** Exec. @throws ExecutableError with containerd's whole message */
  exec(container: Container, options: ExecOptions): Execution {
    const { argv, tty, stdin, output, exited } = options
    const streams = createStandardStreams({ simulation: this.#options.simulation, tty, stdin, output })
    const { machine, env, workingDir } = container
    try {
      if (container.state !== 'running') throw new ExecutableError('container is not running')
      const program = findExecutable(machine, argv[0] ?? '', env.get('PATH'), workingDir)
      const process = machine.kernel.start(program, {
        argv,
        env: tty ? new Map([...env, ['TERM', 'xterm']]) : env,
        cwd: workingDir,
        files: streams.files,
        ...(streams.tty && { terminal: streams.tty }),
        onExit: exited,
      })
      return { streams, kill: () => quietly(() => machine.kernel.kill(process.pid, 'SIGKILL')) }
    } catch (error) {
      if (!(error instanceof ExecutableError)) throw error
      throw new ExecutableError(
        `failed to exec in container: failed to start exec "${this.#newId()}": OCI runtime exec failed: exec failed: unable to start container process: ${error.message}`,
      )
    }
  }

  /** The machine lost its power: everything stops, nobody is told. */
  powerOff(): void {
    this.#onExit = () => {}
    for (const id of [...this.#sandboxes.keys()]) this.removeSandbox(id)
  }

  #newId(): string {
    const random = this.#options.simulation.random('container ids')
    const words: string[] = []
    for (let word = 0; word < 8; word++) words.push(random.uint32().toString(16).padStart(8, '0'))
    return words.join('')
  }
}

function quietly(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
  }
}
