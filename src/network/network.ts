import type { Simulation } from '../sim/index.ts'
import { Host, type HostOptions } from './host.ts'
import { Segment, type SegmentOptions } from './segment.ts'

/** How long a packet takes from a socket through its host's stack, in ms. */
const STACK_MS = 0.02

/** How many packets the stacks work off before time goes on, as Linux' NAPI has it (`net.core.dev_weight`). */
const SOFTIRQ_BUDGET = 64

/**
 * Hosts and the segments between them. What sockets send is worked off in bursts: one event takes a packet all the
 * way over links without latency, and the answers it causes too, so that a request on one node costs one event; the
 * budget sees to it that two programs shouting at each other do not stop the clock.
 */
export class Network {
  readonly simulation: Simulation
  readonly #hosts = new Map<string, Host>()
  readonly #segments = new Map<string, Segment>()
  #work: (() => void)[] = []
  #settling: (() => void)[] = []
  #settlingNext: (() => void)[] = []
  #scheduled = false

  constructor(simulation: Simulation) {
    this.simulation = simulation
  }

  get hosts(): ReadonlyMap<string, Host> {
    return this.#hosts
  }

  get segments(): ReadonlyMap<string, Segment> {
    return this.#segments
  }

  /** A host with a loopback interface and nothing else. Names are unique, and what traces call it. */
  addHost(name: string, options: HostOptions = {}): Host {
    if (this.#hosts.has(name)) throw new RangeError(`there is a host ${name} already`)
    const host = new Host(this, name, options)
    this.#hosts.set(name, host)
    return host
  }

  /** Unplugs the host. Its sockets fall silent: peers notice as they would of a machine that lost its power. */
  removeHost(host: Host): void {
    if (this.#hosts.get(host.name) !== host) return
    for (const { segment, name } of [...host.interfaces.values()]) {
      const member = host.interfaces.get(name)
      if (segment && member) segment.detach(member)
    }
    host.shutDown()
    this.#hosts.delete(host.name)
  }

  addSegment(name: string, options: SegmentOptions = {}): Segment {
    if (this.#segments.has(name)) throw new RangeError(`there is a segment ${name} already`)
    const segment = new Segment(name, options)
    this.#segments.set(name, segment)
    return segment
  }

  /** Unplugs whoever is attached. */
  removeSegment(segment: Segment): void {
    for (const member of [...segment.members]) segment.detach(member)
    if (this.#segments.get(segment.name) === segment) this.#segments.delete(segment.name)
  }

  /** Does `run` in the next burst: soon, never before this returns. */
  enqueue(run: () => void): void {
    this.#work.push(run)
    this.#wake()
  }

  /**
   * Does `run` a round trip later: time enough for an answer to be written that carries an acknowledgement with it, or
   * to arrive and make a timer needless, where there is no latency in between.
   */
  afterRound(run: () => void): void {
    this.#settlingNext.push(run)
    this.#wake()
  }

  #wake(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.simulation.schedule(STACK_MS, () => this.#burst())
  }

  #burst(): void {
    let done = 0
    try {
      while (done < SOFTIRQ_BUDGET && this.#isBusy) done += this.#round()
    } finally {
      this.#scheduled = false
      if (this.#isBusy) this.#wake()
    }
  }

  #round(): number {
    const work = this.#work
    this.#work = []
    for (const run of work) run()
    const settling = this.#settling
    this.#settling = this.#settlingNext
    this.#settlingNext = []
    for (const run of settling) run()
    return work.length + settling.length
  }

  get #isBusy(): boolean {
    return this.#work.length > 0 || this.#settling.length > 0 || this.#settlingNext.length > 0
  }
}
